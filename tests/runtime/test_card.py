import json

import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.model.boxes import decode, encode
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.settings import AnchorSettings, DecisionSettings


@pytest.fixture
def card():
    return ModelCard(
        tool_version="0.1.0",
        name="defect-aux-net",
        classes=("pit", "Riß"),
        label_kind="multi-label",
        tasks=("cls", "det"),
        size=(64, 96),
        anchors=AnchorSettings(ratios=(0.25, 1.0, 4.0)),
        decision=DecisionSettings(class_score=0.4),
        parameters=123,
        initial_weights="ImageNet",
        dataset={"name": "strips", "fingerprint": "ab"},
        sha256="cd" * 32,
    )


def test_what_is_written_can_be_read(card, tmp_path):
    card.write(tmp_path / "model.json")
    assert ModelCard.read(tmp_path / "model.json") == card
    document = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert next(iter(document.items())) == ("schema", "auxnet/model/1")
    assert document["classes"] == ["pit", "Riß"]
    assert document["decision"]["class_score"] == 0.4


def test_a_reader_of_the_file_finds_how_to_read_the_network(card, tmp_path):
    card.write(tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert document["input"]["channels"] == "RGB"
    box = np.array([[10, 20, 50, 90]], np.float32)
    anchor = np.array([[0, 10, 60, 70]], np.float32)
    spread, limit = (document["decoding"][key] for key in ("box_spread", "box_most_log_scale"))
    offsets = (encode(box, anchor) * spread)[0]
    assert offsets == pytest.approx([0, 15 / 60, np.log(40 / 60), np.log(70 / 60)])
    widest = decode(np.array([[0, 0, 99, 0]], np.float32), anchor)[0]
    assert widest[2] - widest[0] == pytest.approx(60 * np.exp(limit))


def test_a_later_versions_additions_are_passed_over(card, tmp_path):
    card.write(tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    (tmp_path / "model.json").write_text(json.dumps({**document, "new": 1}))
    assert ModelCard.read(tmp_path / "model.json") == card


def test_a_missing_card(tmp_path):
    with pytest.raises(InputError, match=r"model\.json is missing: name a run with --model"):
        ModelCard.read(tmp_path / "model.json")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "auxnet/model/2"}, "schema_: Input should be 'auxnet/model/1'"),
        ({"schema": None}, "schema_"),
        ({"tasks": ["cls", "sge"]}, r"tasks\.1"),
        ({"size": [64]}, "size"),
        ({"decision": {"class_scor": 1}}, "decision.class_scor"),
    ],
)
def test_a_card_of_another_kind(card, tmp_path, change, says):
    path = tmp_path / "model.json"
    card.write(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change))
    with pytest.raises(InputError, match=rf"model\.json is no model card .*{says}"):
        ModelCard.read(path)


@pytest.fixture
def calibration():
    rate = {"hits": 1, "trials": 2, "low": 0.1, "high": 0.9}
    return {
        "weights": {"cls": 1.0},
        "bias": 0.0,
        "thresholds": {"pit": 0.3, "Riß": 0.6},
        "shared": [],
        "target": "catch",
        "level": 0.9,
        "dataset": "ab",
        "recall": rate,
        "false_alarms": rate,
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"thresholds": {"Riß": 0.6, "pit": 0.3}}, "is of the classes Riß, pit and not of pit"),
        ({"thresholds": {"pit": 0.3}}, "is of the classes pit and not of pit, Riß"),
        ({"of_an_earlier_version": 1}, "decision.calibration.of_an_earlier_version"),
    ],
)
def test_a_calibration_that_does_not_fit(card, calibration, tmp_path, change, says):
    path = tmp_path / "model.json"
    card.write(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["decision"]["calibration"] = calibration
    path.write_text(json.dumps(document), encoding="utf-8")
    assert ModelCard.read(path).decision.calibration.thresholds == calibration["thresholds"]
    document["decision"]["calibration"] = calibration | change
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{says}.*calibrate --reset` removes the calibration"):
        ModelCard.read(path)
    assert ModelCard.read(path, calibrated=False) == card


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe"])
def test_a_damaged_card(tmp_path, content):
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(InputError, match="is no model card") as caught:
        ModelCard.read(tmp_path / "model.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tasks", [("cls",), ("det", "cls"), ()])
def test_tasks_that_are_there(card, tasks):
    assert set(tasks) <= set(card.tasks)
    card.require(tasks)


@pytest.mark.parametrize("tasks", [("seg",), ("cls", "seg")])
def test_tasks_that_are_not(card, tasks):
    says = rf"trained for cls, det, not for seg: .*--tasks {','.join(tasks)}"
    with pytest.raises(InputError, match=says):
        card.require(tasks)
