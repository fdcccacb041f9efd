import subprocess
import sys
from pathlib import Path

import pytest

import auxnet_cli
from auxnet_cli.backend import keras

SIZE = (32, 64)


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
def untrained(made, tmp_path_factory, shallow_encoder):
    """A run with a network that converts in a second or two, for reading only.

    It is untrained, with the classes of ``made``, which stands as the run's data set in the
    workspace around it.
    """
    from auxnet_cli.files import sha256
    from auxnet_cli.inspection import TASKS
    from auxnet_cli.model.defect_aux_net import defect_aux_net
    from auxnet_cli.runtime.card import ModelCard
    from auxnet_cli.settings import DecisionSettings, ModelSettings

    settings = ModelSettings(
        encoder="resnet18",
        attention="none",
        pyramid_width=8,
        segmentation_width=8,
        detection_width=8,
        detection_depth=1,
        anchors={"levels": (4, 5)},
    )
    with shallow_encoder():
        network = defect_aux_net(len(made.classes), "multi-label", TASKS, SIZE, settings)
    run = tmp_path_factory.mktemp("untrained") / "runs" / "Prüfung"
    run.mkdir(parents=True)
    network.save(run / "model.keras")
    ModelCard(
        tool_version="0",
        name="untrained",
        classes=made.classes,
        label_kind="multi-label",
        tasks=TASKS,
        size=SIZE,
        anchors=settings.anchors,
        decision=DecisionSettings(),
        parameters=network.count_params(),
        initial_weights="none",
        dataset={"name": made.name, "fingerprint": made.fingerprint},
        sha256=sha256(run / "model.keras"),
    ).write(run / "model.json")
    return run


@pytest.fixture(scope="session")
def exported(untrained, made, tmp_path_factory):
    """A copy of ``untrained`` that is exported to OpenVINO, for reading only."""
    import shutil

    if keras.backend.backend() != "tensorflow":
        pytest.skip("converting needs Keras on TensorFlow")
    from auxnet_cli.runtime.export import export

    run = tmp_path_factory.mktemp("exported") / "runs" / "first"
    shutil.copytree(untrained, run)
    (run.parents[1] / "data").mkdir()
    shutil.copytree(made.root, run.parents[1] / "data" / made.name)
    return run, export(run)


@pytest.fixture(scope="session")
def quantised(exported, tmp_path_factory):
    """A copy of ``exported`` with its OpenVINO network in int8 as well, for reading only."""
    import shutil

    from auxnet_cli.runtime.export import export

    run = tmp_path_factory.mktemp("quantised") / "runs" / "first"
    shutil.copytree(exported[0].parents[1], run.parents[1], dirs_exist_ok=True)
    return run, export(run, int8=True)


@pytest.fixture(scope="session")
def original(untrained):
    """The network of ``untrained``, and Keras's engine for it."""
    from auxnet_cli.runtime.engines import open_engine
    from auxnet_cli.runtime.inspector import load_network

    network = load_network(untrained / "model.keras")
    return network, open_engine(network, "keras")


@pytest.fixture
def quick(exported, original, monkeypatch):
    """Exporting takes no time: the network is loaded, and what is converted is copied."""
    import shutil

    from auxnet_cli.runtime import export

    def convert(network, format_, folder):
        for path in (exported[0] / "exports" / "openvino").glob("model.[xb]*"):
            shutil.copy(path, folder)
        return folder / format_.file

    monkeypatch.setattr(export, "load_network", lambda *_: original[0])
    monkeypatch.setattr(export, "open_engine", lambda *_: original[1])
    monkeypatch.setattr(export, "convert", convert)
    return convert
