import json

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.benchmarking.making import RUN, artefact, build, make
from auxnet_cli.benchmarking.plan import MULTI_TASK, NetworkPlan
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.jobs.predict import predict
from auxnet_cli.model.cost import gflop
from auxnet_cli.model.segmentation.mask_enlargement import reduced
from auxnet_cli.settings import ModelSettings

SIZE = (32, 64)
FP32, INT8 = (Variant(engine="openvino", precision=name) for name in ("fp32", "int8"))

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="converting needs Keras on TensorFlow"
)


@pytest.fixture
def plan(shallow):
    settings = ModelSettings(
        encoder="resnet18", attention="none", pyramid_width=8, segmentation_width=8,
        detection_width=8, detection_depth=1, anchors={"levels": (4, 5)},
    )  # fmt: skip
    return NetworkPlan(
        name=MULTI_TASK, family="tiny", tasks=("cls", "seg"), classes=2, label_kind="exclusive",
        settings=settings,
    )  # fmt: skip


@pytest.fixture
def quantised(monkeypatch):
    """A stand-in for quantising that copies, and keeps what it was given."""
    seen = []

    def quantise(path, format_, size, batches, folder):
        seen.append((path, format_.name, size, [batch.shape for batch in batches]))
        for file in path.parent.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        return folder / format_.format.file

    monkeypatch.setattr("auxnet_cli.exporting.quantisation.quantise", quantise)
    return seen


def test_engines_that_run_the_network_as_it_is_need_no_artefact(plan, tmp_path):
    cost = make(plan, 0, [Variant(engine="keras", precision="fp32")], SIZE, tmp_path)
    network = build(plan, SIZE)
    assert (cost.parameters, cost.gflop) == (network.count_params(), round(gflop(network), 3))
    assert not list(tmp_path.iterdir())


def test_a_memory_is_timed_and_predicts(plan, tmp_path, monkeypatch):
    plain = make(plan, 0, [], SIZE, tmp_path)
    remembering = plan.model_copy(update={"memory": 7})
    cost = make(remembering, 1, [FP32], SIZE, tmp_path, run=True)
    features = 2 * plan.settings.memory.channels
    places = (SIZE[0] // 16) * (SIZE[1] // 16)
    assert cost.gflop > plain.gflop
    assert cost.parameters - plain.parameters >= 7 * features + 7
    engine = open_artefact(artefact(tmp_path, 1, FP32), "openvino", 1, "fp32")
    assert engine.run(np.zeros((1, *SIZE, 3), np.uint8))["memory"].size == places
    run = tmp_path / RUN
    assert json.loads((run / "model.json").read_text())["memory"]["vectors"] == 7


def test_artefacts_for_each_variant_and_a_run_that_predicts(plan, tmp_path, quantised, monkeypatch):
    make(plan, 0, [FP32, INT8], SIZE, tmp_path, run=True)
    plain = artefact(tmp_path, 0, FP32)
    assert plain == artefact(tmp_path, 0, Variant(engine="openvino", precision="bf16"))
    assert quantised == [(plain, "openvino", SIZE, [(1, *SIZE, 3)] * 4)]
    image = np.zeros((1, *SIZE, 3), np.uint8)
    for variant in (FP32, INT8):
        engine = open_artefact(artefact(tmp_path, 0, variant), "openvino", 1, variant.precision)
        assert engine.run(image)["segmentation"].shape == (1, *reduced(SIZE, 4), 2)
    run = tmp_path / RUN
    assert json.loads((run / "exports" / "openvino" / "parity.json").read_text())["passed"]
    import cv2

    photo = tmp_path / "one.png"
    photo.write_bytes(cv2.imencode(".png", image[0])[1].tobytes())
    monkeypatch.chdir(tmp_path)
    assert predict(photo, model=run, formats=()).images == 1
