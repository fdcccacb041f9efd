import json
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.detection.boxes import decode, encode
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.system.files import sha256


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


def test_a_card_of_before_mask_strides_has_masks_at_the_inputs_size(card, tmp_path):
    path = tmp_path / "model.json"
    card.model_copy(update={"mask_stride": 4}).write(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["mask_stride"] == 4
    assert ModelCard.read(path).mask_stride == 4
    del document["mask_stride"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert ModelCard.read(path).mask_stride == 1


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


def test_how_anchors_are_assigned_is_the_trainings_affair(card, tmp_path):
    """A card neither says nor needs it: those of earlier versions know nothing of it."""
    trained = AnchorSettings(ratios=(0.25, 1.0, 4.0), assign="iou", most=3, part=0.9, near=0.8)
    card.model_copy(update={"anchors": trained}).write(tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    keys = {"levels", "base", "scales", "ratios", "fit", "match", "ignore"}
    assert document["anchors"].keys() == keys
    assert ModelCard.read(tmp_path / "model.json") == card


def test_a_missing_card(tmp_path):
    with pytest.raises(InputError, match=r"model\.json is missing: name a run with `model`"):
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


RATE = {"hits": 1, "trials": 2, "low": 0.1, "high": 0.9}
CALIBRATION = {
    "weights": {"cls": 1.0},
    "bias": 0.0,
    "thresholds": {"pit": 0.3, "Riß": 0.6},
    "shared": [],
    "target": "catch",
    "level": 0.9,
    "dataset": "ab",
    "recall": RATE,
    "false_alarms": RATE,
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"thresholds": {"Riß": 0.6, "pit": 0.3}}, "is of the classes Riß, pit and not of pit"),
        ({"thresholds": {"pit": 0.3}}, "is of the classes pit and not of pit, Riß"),
        ({"of_an_earlier_version": 1}, "decision.calibration.of_an_earlier_version"),
        ({"weights": {}}, "weights"),
        ({"weights": {"cls": 1e300}}, "weights.cls"),
        (
            {"weights": {"abc": 1.0}},
            "weights has 'abc', and voters are cls, seg, det, any, novelty",
        ),
        ({"bias": 1e300}, "bias"),
        ({"thresholds": {}}, "thresholds"),
        ({"thresholds": {"pit": 2, "Riß": 0.5}}, "thresholds.pit"),
        ({"shared": ["hole"]}, "shared has 'hole'"),
        ({"level": -1}, "level"),
        ({"recall": {"hits": 3, "trials": 2, "low": 0, "high": 1}}, "recall: .*above trials"),
        ({"recall": {"hits": -1, "trials": 2, "low": 0, "high": 1}}, "recall.hits"),
        ({"recall": {"hits": 1, "trials": 2, "low": 0.9, "high": 0.1}}, "recall: .*low above"),
    ],
)
def test_a_calibration_that_does_not_fit(card, tmp_path, change, says):
    path = tmp_path / "model.json"
    card.write(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["decision"]["calibration"] = CALIBRATION
    path.write_text(json.dumps(document), encoding="utf-8")
    assert ModelCard.read(path).decision.calibration.thresholds == CALIBRATION["thresholds"]
    document["decision"]["calibration"] = CALIBRATION | change
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{says}.*calibrate --reset` removes the calibration"):
        ModelCard.read(path)
    assert ModelCard.read(path, calibrated=False) == card


ABSURD = [
    ({"size": [0, 64]}, "size"),
    ({"size": [-64, 64]}, "size"),
    ({"size": [10**9, 10**9]}, "size"),
    ({"size": [16384, 16384]}, "size: .*not be above 16,777,216 pixels"),
    ({"size": [64.5, 64]}, "size"),
    ({"size": [10**400, 64]}, "size"),
    ({"classes": []}, "classes"),
    ({"classes": ["pit", "pit"]}, "classes: .*'pit' stands there twice"),
    ({"classes": ["", "pit"]}, "classes.0"),
    ({"classes": ["a\x1b[2J", "pit"]}, "classes.0: .*printed"),
    ({"classes": ["a\nb", "pit"]}, "classes.0: .*printed"),
    ({"classes": ["a" * 201, "pit"]}, "classes.0"),
    ({"classes": [3, "pit"]}, "classes.0"),
    ({"classes": [["pit"]] * 10_000}, "classes.0"),
    ({"classes": [f"c{n}" for n in range(10_001)]}, "classes: .*at most 1000"),
    ({"tasks": []}, "tasks"),
    ({"tasks": ["cls", "cls"]}, "tasks: .*'cls' stands there twice"),
    ({"tasks": ["cls"] * 9}, "tasks"),
    ({"label_kind": "single"}, "label_kind"),
    ({"bits": -3}, "bits: .*one of 10, 12, 14, 16"),
    ({"bits": 10**9}, "bits"),
    ({"tile": {"size": [0, 0]}}, "tile.size"),
    ({"tile": {"size": [64, 64], "overlap": 1}}, "tile.overlap"),
    ({"tile": {"size": [64, 64], "per_image": 10**9}}, "tile.per_image"),
    ({"anchors": {"scales": []}}, "anchors.scales"),
    ({"anchors": {"scales": [1] * 17}}, "anchors.scales"),
    ({"anchors": {"scales": [0]}}, "anchors.scales"),
    ({"anchors": {"ratios": [-1]}}, "anchors.ratios"),
    ({"anchors": {"ratios": [1e300]}}, "anchors.ratios"),
    ({"anchors": {"base": 1e300}}, "anchors.base"),
    ({"anchors": {"levels": [-60, 7]}}, "anchors: .*levels must be"),
    ({"decision": {"temperature": 1e-300}}, "decision.temperature"),
    ({"decision": {"max_boxes": 10**9}}, "decision.max_boxes"),
    ({"decision": {"class_score": 2}}, "decision.class_score"),
    ({"decision": {"verdict": []}}, "decision.verdict"),
    ({"parameters": -1}, "parameters"),
    ({"sha256": "cd"}, "sha256"),
    ({"dataset": {"name": 3}}, "dataset.name"),
    ({"name": "\x07"}, "name"),
]


@pytest.mark.parametrize(("change", "says"), ABSURD)
def test_absurd_values_are_one_sentence(card, tmp_path, change, says):
    path = tmp_path / "model.json"
    card.write(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change))
    start = time.thread_time()
    with pytest.raises(InputError, match=rf"model\.json is no model card .*\({says}") as caught:
        ModelCard.read(path)
    assert time.thread_time() - start < 2
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(path))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(node, path=()):
    """Every place in a document, as the keys that lead to it."""
    yield path
    entries = node.items() if isinstance(node, dict) else ()
    for key, value in list(enumerate(node)) if isinstance(node, list) else entries:
        yield from places(value, (*path, key))


@given(st.data())
def test_only_input_errors_escape_whatever_stands_where(data):
    card = ModelCard(
        tool_version="0", name="n", classes=("pit", "Riß"), label_kind="multi-label",
        tasks=("cls", "det"), size=(64, 96), anchors=AnchorSettings(),
        decision=DecisionSettings.model_validate({"calibration": CALIBRATION}), parameters=1,
        initial_weights="", dataset={"name": "a"}, sha256="",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        card.write(path)
        document = json.loads(path.read_text(encoding="utf-8"))
        for _ in range(data.draw(st.integers(1, 3))):
            *way, last = data.draw(st.sampled_from(list(places(document))[1:]))
            node = document
            for key in way:
                node = node[key]
            node[last] = data.draw(VALUES)
        path.write_text(json.dumps(document), encoding="utf-8")
        with suppress(InputError):
            read = ModelCard.read(path)
            # What is accepted can be used and written again.
            read.write(path)
            assert ModelCard.read(path) == read
            with suppress(InputError):
                assert len(make_anchors(read.size, read.anchors)) > 0


@given(VALUES)
def test_only_input_errors_escape_from_any_json(document):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        for calibrated in (True, False):
            with pytest.raises(InputError, match="model"):
                ModelCard.read(path, calibrated)


def test_the_network_of_a_card(card, tmp_path):
    path = tmp_path / "model.keras"
    with pytest.raises(InputError, match=r"model\.keras cannot be read \(No such file"):
        card.check_network(tmp_path)
    path.write_bytes(b"weights")
    digest = sha256(path)
    known = card.model_copy(update={"sha256": digest})
    assert known.check_network(tmp_path) == digest
    path.write_bytes(b"weighs")
    with pytest.raises(InputError, match=r"is not the network that .*model\.json was written for"):
        known.check_network(tmp_path)


@pytest.mark.parametrize("tasks", [("seg",), ("cls", "seg")])
def test_tasks_that_are_not(card, tasks):
    says = rf"trained for cls, det, not for seg: .*`tasks` {','.join(tasks)}"
    with pytest.raises(InputError, match=says):
        card.require(tasks)
