from auxnet_cli.inspection import Inspection as Inspection
from auxnet_cli.inspector import Inspector as Inspector
from auxnet_cli.jobs.benchmark import benchmark as benchmark
from auxnet_cli.jobs.calibrate import calibrate as calibrate
from auxnet_cli.jobs.compare import compare as compare
from auxnet_cli.jobs.convert import convert as convert
from auxnet_cli.jobs.demonstrate import demonstrate as demonstrate
from auxnet_cli.jobs.evaluate import evaluate as evaluate
from auxnet_cli.jobs.export import export as export
from auxnet_cli.jobs.find_lr import find_lr as find_lr
from auxnet_cli.jobs.predict import predict as predict
from auxnet_cli.jobs.prepare import prepare as prepare
from auxnet_cli.jobs.pretrain import pretrain as pretrain
from auxnet_cli.jobs.study import study as study
from auxnet_cli.jobs.train import train as train

__version__: str
