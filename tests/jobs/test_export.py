import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from auxnet_cli.app import app
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting import export_network as module
from auxnet_cli.jobs.calibrate import calibrate
from auxnet_cli.jobs.export import export

HEADS = {"classification", "segmentation", "detection_scores", "detection_boxes"}


@pytest.fixture
def run(exported, tmp_path):
    """A run that is exported to OpenVINO."""
    return Path(shutil.copytree(exported[0], tmp_path / "runs" / "first"))


@pytest.fixture
def bare(run):
    """A run that is not."""
    shutil.rmtree(run / "exports")
    return run


def test_what_lies_in_the_run(exported, made):
    run, summary = exported
    folder = run / "exports" / "openvino"
    assert sorted(path.name for path in folder.iterdir()) == [
        "example.py",
        "model.bin",
        "model.json",
        "model.xml",
        "parity.json",
    ]
    assert ModelCard.read(folder / "model.json") == ModelCard.read(run / "model.json")
    parity = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    (artefact,) = summary.artefacts
    assert artefact.parity.document() == parity
    assert artefact.path == str(folder / "model.xml")
    assert artefact.seconds > 0
    assert parity["schema"] == "auxnet/parity/1"
    assert parity["passed"] is True
    assert parity["source"] == f"split val of {made.name}"
    assert parity["images"] == len(made.split("val"))
    assert parity["model_sha256"] == ModelCard.read(run / "model.json").sha256
    assert parity["runtime"].startswith("OpenVINO 20")
    assert set(parity["outputs"]) == HEADS
    assert all(one["max_abs_difference"] <= 1e-3 for one in parity["outputs"].values())
    assert abs(parity["scores"]["dice"]["change"]) < 1e-3


def test_a_second_call_goes_on_where_the_first_stopped(run, monkeypatch):
    (run / "exports" / "openvino" / "model.json").unlink()
    monkeypatch.setattr(module, "convert", lambda *_: pytest.fail("converted again"))
    monkeypatch.setattr(module, "load_network", lambda *_: pytest.fail("loaded"))
    (artefact,) = export(run).artefacts
    assert artefact.seconds is None
    assert artefact.parity.passed
    assert (run / "exports" / "openvino" / "model.json").is_file()


@pytest.mark.parametrize("earlier", [False, True])
def test_a_corrupt_artefact_does_not_pass_and_is_not_left(run, quick, monkeypatch, earlier):
    def corrupt(network, entry, folder):
        """A converter that loses digits of the last weights."""
        path = quick(network, entry, folder)
        weights = np.fromfile(folder / "model.bin", np.float32)
        weights[len(weights) // 2 :] *= 1.01
        weights.tofile(folder / "model.bin")
        return path

    if earlier:  # of another model: it must not stay either
        parity = run / "exports" / "openvino" / "parity.json"
        parity.write_text(parity.read_text().replace('"model_sha256": "', '"model_sha256": "00'))
    else:
        shutil.rmtree(run / "exports")
    monkeypatch.setattr(module, "convert", corrupt)
    done = CliRunner().invoke(app, ["export", "--model", str(run)])
    assert done.exit_code == 1
    text = " ".join(done.output.split())
    assert "The OpenVINO artefact answers otherwise than Keras" in text
    assert "segmentation by" in text
    assert "0.001 is allowed. It was removed." in text
    assert list((run / "exports").iterdir()) == []


def test_one_that_fails_does_not_stop_the_others(bare, quick, monkeypatch):
    def convert_some(network, entry, folder):
        if entry.name == "saved_model":
            raise AuxnetError("The network could not be converted to SavedModel (for a test).")
        return quick(network, entry, folder)

    monkeypatch.setattr(module, "convert", convert_some)
    with pytest.raises(AuxnetError, match="could not be converted to SavedModel"):
        export(bare, ["saved_model", "openvino"])
    left = [path.name for path in (bare / "exports").iterdir()]
    assert left == ["openvino"]


def test_a_kill_leaves_nothing_half_done(bare, quick, monkeypatch):
    def killed(network, entry, folder):
        (folder / entry.format.file).write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "convert", killed)
    with pytest.raises(KeyboardInterrupt):
        export(bare)
    assert list((bare / "exports").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"formats": ["onx"]}, "no format 'onx'"),
        ({"data": Path("nowhere")}, "no file or folder nowhere"),
        ({"out": Path(__file__)}, "is a file"),
    ],
)
def test_wrong_calls(bare, arguments, says):
    with pytest.raises(InputError, match=says):
        export(bare, **arguments)
    assert not (bare / "exports").exists()


def test_a_missing_converter_is_named_before_anything_is_done(bare, monkeypatch):
    monkeypatch.setattr(
        "auxnet_cli.inference.engines.registry.find_spec",
        lambda name: name != "tf2onnx" or None,
    )
    with pytest.raises(InputError, match=r'pip install "auxnet\[onnx\]"'):
        export(bare, ["openvino", "onnx"])
    assert not (bare / "exports").exists()


def test_calibrating_reaches_the_exported_cards(run):
    card = ModelCard.read(run / "model.json")
    decision = card.decision.model_copy(update={"temperature": 3.0})
    for path in (run / "model.json", run / "exports" / "openvino" / "model.json"):
        card.model_copy(update={"decision": decision}).write(path)
    calibrate(run, reset=True)
    for path in (run / "model.json", run / "exports" / "openvino" / "model.json"):
        assert ModelCard.read(path).decision.temperature == 1


def test_the_command_shows_what_was_compared(run):
    done = CliRunner().invoke(app, ["export", "--model", str(run)])
    assert done.exit_code == 0, done.output
    text = " ".join(done.stdout.split())
    assert "openvino" in text
    assert "was there" in text
    assert "compared with Keras on" in text
