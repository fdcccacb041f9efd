import json
import zipfile

import numpy as np
import pytest

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.exporting.annotation import annotate, metadata
from auxnet_cli.inference.engines.registry import ENGINES


@pytest.fixture
def card(untrained):
    return ModelCard.read(untrained / "model.json").model_copy(
        update={"classes": ("pit", "Riß, tief")}
    )


def assert_describes(found, card):
    assert json.loads(found["classes"]) == ["pit", "Riß, tief"]
    assert json.loads(found["tasks"]) == ["cls", "seg", "det"]
    assert json.loads(found["size"]) == [32, 64]
    assert found["label_kind"] == "multi-label"
    assert found["channels"] == "RGB"
    assert found["tool_version"] == __version__
    assert found["model_sha256"] == card.sha256


def test_onnx(card, tmp_path):
    """Sizes that are fixed stay numbers; another annotation replaces the first."""
    onnx = pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    shape = ["unk__7", "unk__8", "unk__9", 3]
    ports = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, sides)
        for name, sides in (("pixels", shape), ("segmentation", ["unk__1", 32, "unk__2", 3]))
    ]
    node = onnx.helper.make_node("Relu", ["pixels"], ["segmentation"])
    graph = onnx.helper.make_graph([node], "network", ports[:1], ports[1:])
    path = tmp_path / "model.onnx"
    opset = onnx.helper.make_opsetid("", 17)
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[opset]), path)
    for one in (card.model_copy(update={"classes": ("other",)}), card):
        annotate(path, ENGINES["onnx"], one)
    session = onnxruntime.InferenceSession(path)
    assert session.get_inputs()[0].shape == ["batch", "height", "width", 3]
    assert session.get_outputs()[0].shape == ["batch", 32, "mask_width", 3]
    assert_describes(session.get_modelmeta().custom_metadata_map, card)


def test_openvino(card, exported, tmp_path):
    """The weights stay as they are, to the bit."""
    from auxnet_cli.inference.engines.openvino import core

    folder = exported[0] / "exports" / "openvino"
    path = tmp_path / "model.xml"
    for name in ("model.xml", "model.bin"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    annotate(path, ENGINES["openvino"], card)
    assert (tmp_path / "model.bin").read_bytes() == (folder / "model.bin").read_bytes()
    network = core().read_model(path)
    layouts = {port.any_name: str(port.node.layout) for port in (*network.inputs, *network.outputs)}
    assert layouts == {
        "pixels": "[N,H,W,C]",
        "classification": "[N,CLASSES]",
        "segmentation": "[N,MASK_HEIGHT,MASK_WIDTH,CLASSES]",
        "detection_scores": "[N,ANCHORS,CLASSES]",
        "detection_boxes": "[N,ANCHORS,OFFSETS]",
    }
    found = {key: network.get_rt_info(["auxnet", key]).value for key in metadata(card)}
    assert_describes(found, card)


def test_litert(card, tmp_path):
    """The network itself, in front of the archive, is untouched."""
    path = tmp_path / "model.tflite"
    network = np.random.default_rng(1).bytes(5000)
    path.write_bytes(network)
    annotate(path, ENGINES["litert"], card)
    once = path.read_bytes()
    assert once.startswith(network)
    annotate(path, ENGINES["litert"], card)
    assert path.read_bytes() == once
    with zipfile.ZipFile(path) as archive:
        assert archive.read("labels.txt").decode() == "pit\nRiß, tief\n"
        assert_describes(json.loads(archive.read("auxnet.json")), card)


def test_saved_model(card, tmp_path):
    for _ in range(2):
        annotate(tmp_path, ENGINES["saved_model"], card)
    text = (tmp_path / "assets.extra" / "auxnet.json").read_text(encoding="utf-8")
    assert_describes(json.loads(text), card)
