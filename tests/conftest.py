import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

import auxnet_cli
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.system.locking import LockedError, lock

# Shared machines stall now and then; a deadline a test would fail for no fault of the code.
# A server tries the same examples each time, so that a change is not blamed for an old fault.
settings.register_profile("auxnet", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("auxnet")

UNTRAINED_SIZE = (32, 64)

# The smallest network that has every part; on a few small images it trains in seconds.
TINY = (
    "data.size=[32, 96]",
    "model.encoder=resnet18",
    "model.weights=none",
    "model.encoder_width=0.125",
    "model.attention=none",
    "model.pyramid_width=16",
    "model.segmentation_width=16",
    "model.detection_width=16",
    "model.detection_depth=1",
    "training.batch_size=4",
    "training.epochs=2",
    "training.validate_every=1",
)


# What takes longest begins first, so that the test processes end together.
LONGEST = (
    "tests/jobs/test_train.py",
    "tests/exporting/test_int8.py",
    "tests/model/encoders/test_weights.py",
    "tests/model/networks/test_defect_aux_net.py",
    "tests/exporting/test_example.py",
    "tests/training/test_multitask_model.py",
    "tests/docs/test_getting_started.py",
    "tests/training/test_initialisation.py",
    "tests/benchmarking/test_worker.py",
    "tests/exporting/test_any_size.py",
    "tests/inference/engines/test_opening.py",
    "tests/model/encoders/test_encoder.py",
    "tests/training/schedule/test_freezing.py",
    "tests/jobs/test_find_lr.py",
    "tests/jobs/test_prepare_killed.py",
    "tests/model/test_archive.py",
    "tests/jobs/test_pretrain.py",
    "tests/jobs/test_evaluate.py",
    "tests/jobs/test_predict_killed.py",
)


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


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
def once(tmp_path_factory):
    """Fills a folder in the first test process that asks for it; the others read what it made.

    Gives the folder, and what ``fill`` returned.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name, fill):
        folder, answer = shared / name, shared / f"{name}.pickle"
        with waiting_for(shared / f"{name}.lock"):
            if not answer.exists():
                shutil.rmtree(folder, ignore_errors=True)  # half of it, where its maker died
                folder.mkdir()
                content = pickle.dumps(fill(folder))
                answer.write_bytes(content)
        return folder, pickle.loads(answer.read_bytes())

    return make


@contextlib.contextmanager
def waiting_for(path):
    """Holds the lock on a file, once no other process does."""
    while True:
        try:
            descriptor = lock(path)
            break
        except LockedError:
            time.sleep(0.05)
    try:
        yield
    finally:
        os.close(descriptor)


@pytest.fixture(scope="session")
def made(once):
    """A synthetic data set with images in every split, for reading only."""
    from auxnet_cli.jobs.prepare import prepare

    def fill(folder):
        prepare("synthetic", images=16, out=folder / "data" / "strips", val=0.25, test=0.25)

    return Dataset.open(once("made", fill)[0] / "data" / "strips")


@pytest.fixture(scope="session")
def shallow_encoder():
    """A context in which ResNet-18 has one block a level, of one convolution.

    What the tests do with networks takes as long as these have layers.
    """
    from auxnet_cli.model.attention import attend
    from auxnet_cli.model.encoders import resnet

    def block(x, width, stride, dilations, name, settings):
        y = resnet._conv(x, width, 3, f"{name}_1", stride=stride, dilation=dilations[0])
        if y.shape == x.shape:
            return resnet._close(y, x, name, settings)
        return resnet.layers.Activation("relu", name=f"{name}_out")(attend(y, settings, name))

    @contextlib.contextmanager
    def context():
        build = partial(resnet.RESNET18.build, block=block, repeats=(1, 1, 1, 1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(resnet, "RESNET18", replace(resnet.RESNET18, build=build))
            yield

    return context


@pytest.fixture
def shallow(shallow_encoder):
    """ResNet-18 has one small block a level."""
    with shallow_encoder():
        yield


@pytest.fixture(scope="session")
def trained(once, made, shallow_encoder):
    """A run of two epochs on ``made``, for reading only; and what ``train`` answered."""
    from auxnet_cli.jobs.train import train

    def fill(workspace):
        with contextlib.chdir(workspace), shallow_encoder():
            return train(data=made.root, overrides=TINY, out=Path("runs/tiny"))

    workspace, answer = once("trained", fill)
    return workspace / "runs" / "tiny", answer


@pytest.fixture(scope="session")
def trained_engine(trained):
    """Keras's engine for the network of ``trained``."""
    from auxnet_cli.inspector import Inspector

    return Inspector.open(trained[0], "keras").engine


@pytest.fixture
def opened_once(trained_engine, monkeypatch):
    """Copies of ``trained`` share its engine, which takes seconds to open."""
    monkeypatch.setattr("auxnet_cli.inspector.open_run", lambda *_: trained_engine)


@pytest.fixture
def eager(shallow):
    """Few small steps, fast: no graphs are traced, and ResNet-18 has one small block a level."""
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
    """Makes up measurements of a benchmark: half the time of a batch of two, all rounds alike."""
    from auxnet_cli.benchmarking.external_model import ExternalModel
    from auxnet_cli.benchmarking.making import NetworkCost
    from auxnet_cli.benchmarking.measurements import Measurements
    from auxnet_cli.benchmarking.plan import plan_untrained, with_single_tasks
    from auxnet_cli.benchmarking.worker_job import CallSeconds, Job, Results, Subject
    from auxnet_cli.documents.benchmark import Condition, PeakSpeed, Throughput, Variant

    def seconds(model, variant):
        if isinstance(model, ExternalModel):
            return 0.3 * SHARES[variant.label]
        family = 2 if model.family == "swift" else 1
        return TIMES["+".join(model.tasks)] / 1000 * SHARES[variant.label] / family

    def make(
        ways=("tensorflow fp32", "openvino fp32"),
        threads=(1,),
        batches=(1,),
        beside=None,
        against=(),
        rounds=7,
        thorough=True,
    ):
        presets = filter(None, ["severstal", beside])
        plans = [plan for name in presets for plan in with_single_tasks(plan_untrained(name)[0])]
        pairs = map(str.split, ways)
        variants = [Variant(engine=engine, precision=precision) for engine, precision in pairs]
        external = [
            ExternalModel(
                name=name, path=name, shape=(1, 3, 640, 640), dtype="float32",
                channels_first=True, any_batch=False, own_size=True, parameters=2_900_000,
                gflop=10.0,
            )
            for name in against
        ]  # fmt: skip
        theirs = [variant for variant in variants if variant.engine == "openvino"]
        models = [*((plan, variants) for plan in plans), *((model, theirs) for model in external)]
        subjects = [
            Subject(index=index, model=model, variants=runs_in)
            for index, (model, runs_in) in enumerate(models)
        ]
        timed = {
            number: Results(
                calls=[
                    CallSeconds(
                        subject=subject.index,
                        condition=Condition(**dict(variant), threads=number, batch=batch),
                        seconds=[seconds(subject.model, variant) * batch] * rounds,
                    )
                    for subject in subjects
                    for variant in subject.variants
                    for batch in batches
                ],
                peaks=[
                    PeakSpeed(threads=number, precision=precision, gflops=200)
                    for precision in sorted({variant.precision for variant in variants})
                ],
            )
            for number in threads
        }
        speed = Throughput(
            engine="openvino", precision="fp32", images_per_second=9.5, way="2 streams"
        )
        return Measurements(
            job=Job(kind="time", folder=".", subjects=subjects, size=(128, 800), batches=batches),
            costs=[
                NetworkCost(parameters=36_600_000 if plan.multi_task else 30_500_000, gflop=12)
                for plan in plans
            ],
            timed=timed,
            memory={(index, variants[0]): 900.5 for index in range(len(plans))},
            throughput=[speed] if thorough else (),
            first_result_s=1.25 if thorough else None,
        )

    return make


@pytest.fixture
def benchmarked(measured):
    """Makes up a result as in ``benchmark.json``."""
    from auxnet_cli.benchmarking.document import document

    return lambda left_out=(), **given: document(measured(**given), left_out)


@pytest.fixture(scope="session")
def in_new_process():
    """Runs Python code in a process that has imported nothing, and gives what became of it."""

    def run(code):
        return subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=Path(auxnet_cli.__file__).parents[1],
        )

    return run


@pytest.fixture(scope="session")
def untrained_settings():
    """Settings of a network that converts in a second or two."""
    from auxnet_cli.settings import ModelSettings

    return ModelSettings(
        encoder="resnet18",
        attention="none",
        pyramid_width=8,
        segmentation_width=8,
        detection_width=8,
        detection_depth=1,
        anchors={"levels": (4, 5)},
    )


@pytest.fixture(scope="session")
def build_untrained(made, shallow_encoder, untrained_settings):
    """Builds a network of all tasks, of the classes of ``made``, for images of a size."""
    from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
    from auxnet_cli.task import TASKS

    def build(size):
        with shallow_encoder():
            return defect_aux_net(len(made.classes), "multi-label", TASKS, size, untrained_settings)

    return build


@pytest.fixture(scope="session")
def untrained(once, made, build_untrained, untrained_settings):
    """A run with a network that was not trained, for reading only.

    ``made`` stands as the run's data set in the workspace around it.
    """
    from auxnet_cli.documents.model_card import ModelCard
    from auxnet_cli.settings import DecisionSettings
    from auxnet_cli.system.files import sha256
    from auxnet_cli.task import TASKS

    def fill(workspace):
        network = build_untrained(UNTRAINED_SIZE)
        run = workspace / "runs" / "Prüfung"
        run.mkdir(parents=True)
        network.save(run / "model.keras")
        ModelCard(
            tool_version="0",
            name="untrained",
            classes=made.classes,
            label_kind="multi-label",
            tasks=tuple(TASKS),
            size=UNTRAINED_SIZE,
            anchors=untrained_settings.anchors,
            mask_stride=untrained_settings.mask_stride,
            decision=DecisionSettings(),
            parameters=network.count_params(),
            initial_weights="none",
            dataset={"name": made.name, "fingerprint": made.fingerprint},
            sha256=sha256(run / "model.keras"),
        ).write(run / "model.json")

    return once("untrained", fill)[0] / "runs" / "Prüfung"


@pytest.fixture(scope="session")
def exported(once, untrained, made):
    """A copy of ``untrained`` that is exported to OpenVINO, for reading only."""
    from auxnet_cli.backend import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("converting needs Keras on TensorFlow")
    from auxnet_cli.jobs.export import export

    def fill(workspace):
        shutil.copytree(untrained, workspace / "runs" / "first")
        shutil.copytree(made.root, workspace / "data" / made.name)
        return export(workspace / "runs" / "first")

    workspace, summary = once("exported", fill)
    return workspace / "runs" / "first", summary


@pytest.fixture(scope="session")
def quantised(once, exported):
    """A copy of ``exported`` with its OpenVINO network in int8 as well, for reading only."""
    from auxnet_cli.jobs.export import export

    def fill(workspace):
        shutil.copytree(exported[0].parents[1], workspace, dirs_exist_ok=True)
        return export(workspace / "runs" / "first", int8=True)

    workspace, summary = once("quantised", fill)
    return workspace / "runs" / "first", summary


@pytest.fixture(scope="session")
def original(untrained):
    """The network of ``untrained``, and Keras's engine for it."""
    from auxnet_cli.inference.engines.opening import open_engine
    from auxnet_cli.inference.network_file import load_network

    network = load_network(untrained / "model.keras")
    return network, open_engine(network, "keras")


@pytest.fixture(scope="session")
def converted(once, exported, original):
    """Gives the network of ``untrained`` in any engine's format, for reading only."""
    from auxnet_cli.errors import InputError
    from auxnet_cli.exporting.conversion import convert
    from auxnet_cli.inference.engines.registry import ENGINES

    def path(name):
        if name == "openvino":
            return exported[0] / "exports" / "openvino" / "model.xml"
        try:
            ENGINES[name].require(converting=True)
        except InputError as error:
            pytest.skip(str(error))
        folder, file = once(
            f"converted-{name}", lambda folder: convert(original[0], ENGINES[name], folder).name
        )
        return folder / file

    return path


@pytest.fixture
def quick(exported, original, monkeypatch):
    """Exporting takes no time: the network is loaded, and what is converted is copied."""
    from auxnet_cli.exporting import export_network

    def convert(network, entry, folder):
        for path in (exported[0] / "exports" / "openvino").glob("model.[xb]*"):
            shutil.copy(path, folder)
        return folder / entry.format.file

    monkeypatch.setattr(export_network, "load_network", lambda *_: original[0])
    monkeypatch.setattr(export_network, "open_engine", lambda *_: original[1])
    monkeypatch.setattr(export_network, "convert", convert)
    return convert
