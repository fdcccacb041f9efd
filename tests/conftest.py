import contextlib
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from auxnet_cli.data.dataset import Dataset

# Shared machines stall now and then; a deadline a test would fail for no fault of the code.
# A server tries the same examples each time, so that a change is not blamed for an old fault.
settings.register_profile("auxnet", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("auxnet")

# The smallest network that has every part; on a few small images it trains in seconds.
TINY = (
    "data.size=[32, 96]",
    "model.encoder_width=0.125",
    "model.pyramid_width=16",
    "model.segmentation_width=16",
    "model.detection_width=16",
    "model.detection_depth=1",
    "training.batch_size=4",
    "training.epochs=2",
)


@pytest.fixture(scope="session", autouse=True)
def _heard():
    """Ctrl-C is heard here and in children, also where the tests run in a shell's background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tiny():
    """Settings of a tiny network, as ``--set`` takes them."""
    return TINY


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A synthetic data set with images in every split, for reading only."""
    from auxnet_cli.data.prepare import prepare

    folder = tmp_path_factory.mktemp("made") / "data" / "strips"
    prepare("synthetic", images=16, out=folder, val=0.25, test=0.25)
    return Dataset.open(folder)


@pytest.fixture(scope="session")
def shallow_encoder():
    """A context in which ResNet-18 has one block a level: built and loaded in half of the time."""
    from auxnet_cli.model.encoder import ENCODERS

    @contextlib.contextmanager
    def context():
        block, _ = ENCODERS["resnet18"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(ENCODERS, "resnet18", (block, (1, 1, 1, 1)))
            yield

    return context


@pytest.fixture
def shallow(shallow_encoder):
    """ResNet-18 has one block a level."""
    with shallow_encoder():
        yield


@pytest.fixture(scope="session")
def trained(tmp_path_factory, made, shallow_encoder):
    """A run of two epochs on ``made``, for reading only; and what ``train`` answered."""
    from auxnet_cli.training.train import train

    workspace = tmp_path_factory.mktemp("trained")
    with contextlib.chdir(workspace), shallow_encoder():
        answer = train(data=made.root, overrides=TINY, out=Path("runs/tiny"))
    return workspace / "runs" / "tiny", answer


@pytest.fixture
def eager(shallow):
    """Few small steps, fast: no graphs are traced, and ResNet-18 has one block a level."""
    from auxnet_cli.backend import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


# Milliseconds in fp32 under TensorFlow, and the share of them in other ways.
TIMES = {"cls": 50.0, "seg": 150.0, "det": 200.0, "cls+seg+det": 240.0}
SHARES = {"tensorflow fp32": 1.0, "openvino fp32": 0.8, "openvino bf16": 0.4}


@pytest.fixture
def measured():
    """What a benchmark measured, made up: half the time of a batch of two, all rounds alike."""
    from auxnet_cli.runtime.against import Against
    from auxnet_cli.runtime.benchmark_document import Measured
    from auxnet_cli.runtime.benchmark_plan import Variant, single_tasks, untrained

    def make(
        ways=("tensorflow fp32", "openvino fp32"),
        threads=(1,),
        batches=(1,),
        beside=None,
        against=(),
        rounds=7,
    ):
        plans = []
        for preset in filter(None, ["severstal", beside]):
            plan, _ = untrained(preset)
            plans += [plan, *single_tasks(plan)]
        variants = [
            Variant(engine=engine, precision=precision)
            for engine, precision in map(str.split, ways)
        ]
        others = [
            Against(
                name=name, path=name, shape=(1, 3, 640, 640), kind="float32", channels_first=True,
                any_batch=False, own_size=True, parameters=2_900_000, gflop=10.0,
            )
            for name in against
        ]  # fmt: skip
        theirs = [one for one in variants if one.engine == "openvino"] if others else []
        peak = {"operations": 10**9, "seconds": [0.005] * rounds}
        timed = {
            number: [
                *(
                    {
                        "subject": index, **variant.model_dump(), "batch": batch,
                        "seconds": [TIMES["+".join(plan.tasks)] / 1000 * SHARES[str(variant)]
                                    * batch / (2 if plan.family == "swift" else 1)] * rounds,
                    }
                    for index, plan in enumerate(plans)
                    for variant in variants
                    for batch in batches
                ),
                *(
                    {"subject": index, **variant.model_dump(), "batch": batch,
                     "seconds": [0.3 * SHARES[str(variant)] * batch] * rounds}
                    for index, _ in enumerate(others, len(plans))
                    for variant in theirs
                    for batch in batches
                ),
                *({"peak": name, **peak} for name in sorted({one.precision for one in variants})),
            ]
            for number in threads
        }  # fmt: skip
        return Measured(
            networks=plans,
            against=others,
            variants=variants,
            against_variants=theirs,
            size=(128, 800),
            batches=batches,
            made=[
                {"parameters": 36_600_000 if plan.multi_task else 30_500_000, "gflop": 12.0}
                for plan in plans
            ],
            timed=timed,
            memory={(index, variants[0]): 900.5 for index in range(len(plans))},
        )

    return make


@pytest.fixture
def benchmarked(measured):
    """A document as in ``benchmark.json``."""
    from auxnet_cli.runtime.benchmark_document import document

    def make(left_out=(), **given):
        throughput = [
            {
                "engine": "openvino", "precision": "fp32", "images_per_second": 9.5,
                "way": "2 streams",
            }
        ]  # fmt: skip
        return document(measured(**given), throughput, 1.25, left_out)

    return make
