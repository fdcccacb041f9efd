"""Quantising a small untrained network for real, once; the rest with quantisers made up."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from auxnet_cli.app import app
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting import export_network, int8, quantisation
from auxnet_cli.exporting.accuracy_control import LIMITS
from auxnet_cli.exporting.labelled_images import LabelledImages
from auxnet_cli.exporting.quantisation import find_parts, quantise
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.jobs.export import export
from auxnet_cli.open_run import open_run

OPENVINO = ENGINES["openvino"]
SIZE = (32, 64)


@pytest.fixture
def run(exported, tmp_path):
    """A run that is exported to OpenVINO, in a workspace with its data set."""
    shutil.copytree(exported[0].parents[1], tmp_path, dirs_exist_ok=True)
    return tmp_path / "runs" / "first"


@pytest.fixture
def copied(monkeypatch):
    """Quantising takes no time: the network in fp32 is copied, and ``spoil`` may change it."""

    def copy(path, entry, size, batches, folder, ignored=()):
        for file in (path, path.with_suffix(".bin")):
            shutil.copy(file, folder)
        copy.asked.append(tuple(ignored))
        copy.spoil(folder, ignored)
        return folder / entry.format.file

    copy.asked, copy.spoil = [], lambda folder, ignored: None
    monkeypatch.setattr(int8, "quantise", copy)
    monkeypatch.setattr(int8, "find_parts", lambda *_: ("encoder 1/2", "segmentation head"))
    return copy


def change_weights(folder, change):
    """Put other values in place of a network's weights."""
    numbers = np.fromfile(folder / "model.bin", np.float32)
    weights = np.isfinite(numbers) & (np.abs(numbers) > 1e-4) & (np.abs(numbers) < 10)
    numbers[weights] = change(numbers[weights])  # the others are sizes of shapes
    numbers.tofile(folder / "model.bin")


def emptied(folder, ignored=()):
    """What a quantiser makes whose ranges are far too wide."""
    change_weights(folder, np.zeros_like)


def broken(folder, ignored=()):
    change_weights(folder, lambda weights: weights * np.float32(np.nan))


def test_what_lies_in_the_run(quantised, made):
    run, summary = quantised
    folder = run / "exports" / "openvino-int8"
    assert sorted(path.name for path in folder.iterdir()) == [
        "example.py",
        "model.bin",
        "model.json",
        "model.xml",
        "parity.json",
    ]
    parity = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    (artefact,) = summary.artefacts
    assert artefact.parity.document() == parity
    assert list(artefact.document()) == ["format", "path", "megabytes", "seconds", "parity"]
    fp32 = json.loads((run / "exports" / "openvino" / "parity.json").read_text(encoding="utf-8"))
    assert set(fp32) <= set(parity)
    assert parity["precision"] == "int8"
    assert parity["passed"] is True
    assert parity["limits"] == LIMITS
    assert parity["images"] == len(made.split("val"))
    assert parity["calibration_images"] == len(made.split("train"))
    assert parity["quantiser"].startswith("NNCF 3")
    for figure, limit in LIMITS.items():
        found = parity["scores"][figure]
        assert found is None or found["change"] >= -limit
    size = (folder / "model.bin").stat().st_size
    assert size < 0.4 * (run / "exports" / "openvino" / "model.bin").stat().st_size


def test_it_answers_nearly_alike(quantised, made):
    run, _ = quantised
    exact, coarse = (open_run(run, "openvino", precision=each) for each in ("fp32", "int8"))
    assert coarse.precision == "int8"
    images = LabelledImages.find(run, ModelCard.read(run / "model.json"))
    for batch in list(images.calibration)[:3]:
        one, other = exact.run(batch), coarse.run(batch)
        assert set(one) == set(other)
        for head, values in one.items():
            assert values.shape == other[head].shape
            mean = np.abs(values - other[head]).mean()
            assert 0 < mean < 0.1 * np.abs(values).max(), head


def test_the_same_images_give_the_same_network(quantised, tmp_path):
    run, summary = quantised
    images = LabelledImages.find(run, ModelCard.read(run / "model.json")).calibration
    kept = summary.artefacts[0].parity.kept
    exact = run / "exports" / "openvino" / "model.xml"
    again = quantise(exact, OPENVINO, SIZE, iter(list(images)), tmp_path, kept)
    first = run / "exports" / "openvino-int8" / "model.xml"
    assert again.with_suffix(".bin").read_bytes() == first.with_suffix(".bin").read_bytes()
    one, other = (open_artefact(path, "openvino", precision="int8") for path in (first, again))
    batch = next(iter(images))
    for head, values in one.run(batch).items():
        assert np.array_equal(values, other.run(batch)[head])


def test_the_parts_of_the_network(quantised):
    parts = find_parts(quantised[0] / "exports" / "openvino" / "model.xml", OPENVINO, SIZE)
    assert parts[0] == "encoder 1/2"
    assert set(parts) == {
        *(f"encoder 1/{stride}" for stride in (2, 4, 8, 16, 32)),
        *("detection levels", "detection_scores head", "detection_boxes head"),
        *("detection_scores output", "detection_boxes output", "classification output"),
        *("segmentation head", "segmentation output"),
    }


def test_nothing_is_said_and_nothing_is_sent(quantised, tmp_path, in_new_process):
    """In a process of its own: under pytest NNCF leaves its statistics out by itself."""
    code = f"""
import logging, sys
import numpy as np
from pathlib import Path
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.exporting.quantisation import quantise
batches = [np.full((1, 32, 64, 3), 50 * number, np.uint8) for number in range(3)]
path = Path({str(quantised[0] / "exports" / "openvino" / "model.xml")!r})
quantise(path, ENGINES["openvino"], (32, 64), batches, Path({str(tmp_path)!r}))
assert "nncf" in sys.modules
assert logging.getLoggerClass() is logging.Logger
loaded = [name for name in sys.modules if name.startswith("openvino_telemetry.")]
assert not loaded, loaded
from nncf.telemetry.wrapper import NNCFTelemetryStub, telemetry
assert isinstance(telemetry, NNCFTelemetryStub)
assert not {{"tensorflow", "keras"}} & set(sys.modules)
"""
    done = in_new_process(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_there_is_not_made_again(quantised, monkeypatch):
    monkeypatch.setattr(export_network, "make_int8", lambda *_: pytest.fail("quantised again"))
    done = CliRunner().invoke(app, ["export", "--model", str(quantised[0]), "--int8"])
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert "was there" in text
    assert "calibrated on" in text
    assert "in fp32 stayed:" in text


@pytest.mark.parametrize(
    ("spoil", "says"), [(emptied, "accuracy -0."), (broken, "is not a number")]
)
def test_what_costs_too_much_is_not_left(run, copied, spoil, says):
    copied.spoil = spoil
    folder = run / "exports" / "openvino-int8"
    folder.mkdir()
    (folder / "model.xml").write_text("of an earlier model")
    done = CliRunner().invoke(app, ["export", "--model", str(run), "--int8"])
    assert done.exit_code == 1
    text = " ".join(done.output.split())
    assert "In int8 the OpenVINO artefact is worse than in fp32 on the validation split" in text
    assert says in text
    assert "none was left" in text
    assert [path.name for path in (run / "exports").iterdir()] == ["openvino"]


def test_the_part_that_costs_stays(run, copied, capsys):
    def spoil(folder, ignored):
        if "encoder 1/2" not in ignored:
            emptied(folder)

    copied.spoil = spoil
    parity = export(run, int8=True).artefacts[0].parity
    assert parity.kept == ["encoder 1/2"]
    assert copied.asked == [(), ("encoder 1/2",)]
    assert "trying with encoder 1/2 in fp32" in capsys.readouterr().err
    left = sorted(path.name for path in (run / "exports" / "openvino-int8").iterdir())
    assert left == ["example.py", "model.bin", "model.json", "model.xml", "parity.json"]
    assert open_run(run, "openvino", precision="int8").precision == "int8"


def test_the_network_in_fp32_is_exported_first(run, quick, copied):
    shutil.rmtree(run / "exports")
    (artefact,) = export(run, int8=True).artefacts
    assert Path(artefact.path).parent.name == "openvino-int8"
    assert sorted(path.name for path in (run / "exports").iterdir()) == [
        "openvino",
        "openvino-int8",
    ]


@pytest.mark.parametrize("name", ["litert", "saved_model"])
def test_formats_that_are_not_quantised(run, name):
    done = CliRunner().invoke(
        app, ["export", "--model", str(run), "--format", f"openvino,{name}", "--int8"]
    )
    assert done.exit_code == 2
    text = " ".join(done.output.split())
    assert f"{ENGINES[name].title} is not quantised here: take --format openvino or onnx" in text


def test_without_nncf(run, monkeypatch):
    monkeypatch.setattr(quantisation, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r'needs the package nncf.*pip install "auxnet\[int8\]"'):
        export(run, int8=True)


def test_a_quantiser_that_fails(quantised, tmp_path):
    path = quantised[0] / "exports" / "openvino" / "model.xml"
    with pytest.raises(AuxnetError, match="could not be quantised"):
        quantise(path, OPENVINO, SIZE, [np.zeros((1, 9, 9, 3), np.uint8)], tmp_path)


def test_onnx(tmp_path):
    """A hand-made network of any size: a convolution, its normalisation, squeeze-and-excitation.

    One of its outputs is enlarged to twice the size that comes.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    rng = np.random.default_rng(0)

    def constant(name, *shape):
        values = rng.normal(0, 0.5, shape).astype(np.float32)
        return onnx.numpy_helper.from_array(values, name)

    weights = [
        constant("w", 8, 3, 3, 3),
        constant("factor", 1, 8, 1, 1),
        constant("shift", 1, 8, 1, 1),
        constant("squeeze", 8, 8, 1, 1),
        constant("last", 2, 8, 1, 1),
        onnx.numpy_helper.from_array(np.array(1 / 255, np.float32), "scale"),
        *(
            onnx.numpy_helper.from_array(np.array(values), name)
            for name, values in (("zero", [0]), ("middle", [2]), ("end", [4]), ("twice", [2]))
        ),
    ]
    nodes = [
        helper.make_node("Cast", ["pixels"], ["float"], "cast", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["float", "scale"], ["scaled"], "scaling"),
        helper.make_node("Transpose", ["scaled"], ["x"], "channels_first", perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["x", "w"], ["a"], "conv", strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Mul", ["a", "factor"], ["b"], "normalised"),
        helper.make_node("Add", ["b", "shift"], ["c"], "shifted"),
        helper.make_node("GlobalAveragePool", ["c"], ["d"], "pool"),
        helper.make_node("Conv", ["d", "squeeze"], ["e"], "excite"),
        helper.make_node("Sigmoid", ["e"], ["f"], "gate"),
        helper.make_node("Mul", ["c", "f"], ["g"], "attended"),
        helper.make_node("Relu", ["g"], ["h"], "relu"),
        helper.make_node("Conv", ["h", "last"], ["classification"], "last_conv"),
        helper.make_node("Shape", ["h"], ["shape"], "shape"),
        helper.make_node("Slice", ["shape", "zero", "middle"], ["batch"], "batch"),
        helper.make_node("Slice", ["shape", "middle", "end"], ["size"], "size"),
        helper.make_node("Mul", ["size", "twice"], ["larger"], "larger"),
        helper.make_node("Concat", ["batch", "larger"], ["sizes"], "sizes", axis=0),
        helper.make_node("Resize", ["h", "", "", "sizes"], ["i"], "enlarge", mode="linear"),
        helper.make_node("Conv", ["i", "last"], ["segmentation"], "other_conv"),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", "h", "w", 3])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2, "y", "x"])
            for name in ("classification", "segmentation")
        ],
        weights,
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    path = tmp_path / "model.onnx"
    onnx.save(network, path)
    images = rng.integers(0, 255, (6, 1, 16, 16, 3)).astype(np.uint8)
    entry = ENGINES["onnx"]
    parts = find_parts(path, entry, (16, 16))
    assert parts[:2] == ("encoder 1/2", "channel attention")
    assert set(parts[2:]) == {"classification output", "segmentation output"}
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(quantise(path, entry, (16, 16), images, tmp_path / name))
    assert made[0].read_bytes() == made[1].read_bytes()
    types = [node.op_type for node in onnx.load(made[0]).graph.node]
    assert "QuantizeLinear" in types
    # Scaling, attention, the size: the normalisation is in the weights.
    assert types.count("Mul") == 3
    exact, coarse = (open_artefact(one, "onnx") for one in (path, made[0]))
    for head, values in exact.run(images[0]).items():
        worst = np.abs(values - coarse.run(images[0])[head]).max()
        assert 0 < worst < 0.05 * np.abs(values).max()
