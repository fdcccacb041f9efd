import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from auxnet_cli.data.rle import decode
from auxnet_cli.errors import InputError
from auxnet_cli.files import sha256
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.model.defect_aux_net import defect_aux_net
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.runtime.inspector import Inspector, NotFiniteError
from auxnet_cli.runtime.predict import predict
from auxnet_cli.settings import AnchorSettings, DecisionSettings, ModelSettings

CLASSES = ("pit", "crack")
SHA256 = "ab" * 32


@dataclass
class Oracle:
    """Takes bright pixels for a pit: a stand-in for a trained model."""

    opened: list[tuple] = field(default_factory=list)
    stop_after: int = 10**9
    seen: int = 0
    workers: int = 0

    def open(self, run, engine="auto", decision=None, threads=None, precision="fp32", images=1):
        self.opened.append((run, engine, decision))
        return self

    def inspect(self, images):
        self.seen += 1
        if self.seen > self.stop_after:
            raise KeyboardInterrupt
        return [self._inspect(image) for image in images]

    def _inspect(self, image):
        masks = np.zeros((*image.shape[:2], 2), np.bool_)
        masks[..., 0] = image[..., 0] > 127
        bad = bool(masks.any())
        boxes = (Box(0, 0.9, 2, 2, 4, 4),) if bad else ()
        scores = np.array([0.9 if bad else 0.1, 0.2], np.float32)
        return Inspection(*image.shape[:2], CLASSES, scores, masks, boxes, bad, seconds=0.25)


@pytest.fixture
def oracle(monkeypatch):
    oracle = Oracle()
    monkeypatch.setattr(Inspector, "open", oracle.open)
    return oracle


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A run that is the latest, and three photos: two with a pit, one good."""
    monkeypatch.chdir(tmp_path)
    run = Path("runs/first")
    run.mkdir(parents=True)
    (run / "model.keras").touch()
    Path("runs/latest").write_text("first\n")
    ModelCard(
        tool_version="0",
        name="first",
        classes=CLASSES,
        label_kind="multi-label",
        tasks=("cls", "seg"),
        size=(32, 32),
        anchors=AnchorSettings(),
        decision=DecisionSettings(),
        parameters=1,
        initial_weights="none",
        dataset={"name": "x", "fingerprint": "y"},
        sha256=SHA256,
    ).write(run / "model.json")
    for name, pit in (("bad/1.png", True), ("bad/2.png", True), ("good/1.png", False)):
        save(Path("photos") / name, pit)
    return tmp_path


def save(path, pit):
    image = np.full((20, 24, 3), 60, np.uint8)
    if pit:
        image[2:6, 2:6] = 220
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def rows(folder):
    text = (folder / "predictions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_newest_run_by_itself(workspace, oracle):
    summary = predict("photos")
    out = Path("predictions/first")
    assert summary == {
        "out": str(out),
        "model": str(Path("runs/first")),
        "model_sha256": SHA256,
        "images": 3,
        "defective": 2,
        "good": 1,
        "unreadable": 0,
        "errors": [],
        "seconds_per_image": 0.25,
        "formats": ["overlay", "mask", "csv", "jsonl"],
    }
    assert files(out) == {
        "predictions.jsonl",
        "predictions.csv",
        "overlays/bad_1.jpg",
        "overlays/2.jpg",
        "overlays/good_1.jpg",
        "masks/bad_1_pit.png",
        "masks/2_pit.png",
    }
    first, _, last = rows(out)
    assert first["path"] == "photos/bad/1.png"
    assert first["verdict"] == "defective"
    assert first["files"] == {"overlay": ["overlays/bad_1.jpg"], "mask": ["masks/bad_1_pit.png"]}
    assert decode(first["masks"]["pit"]).sum() == 16
    assert last["verdict"] == "good"
    assert last["masks"] == {}
    assert oracle.opened == [(Path("runs/first"), "auto", DecisionSettings())]


def test_an_unreadable_image_is_passed_over(workspace, oracle):
    Path("photos/bad/0.png").write_bytes(b"")
    Path("photos/bad/3.png").write_bytes(b"no image")
    summary = predict(["photos"], formats=["csv"], out=Path("out"))
    assert (summary["images"], summary["unreadable"]) == (5, 2)
    assert [error["path"] for error in summary["errors"]] == [
        "photos/bad/0.png",
        "photos/bad/3.png",
    ]
    broken = rows(Path("out"))[0]
    assert broken == {"path": "photos/bad/0.png", "error": summary["errors"][0]["error"]}
    with Path("out/predictions.csv").open(encoding="utf-8", newline="") as stream:
        assert [bool(row["error"]) for row in csv.DictReader(stream)] == [
            True,
            False,
            False,
            True,
            False,
        ]
    assert files(Path("out")) == {"predictions.csv", "predictions.jsonl"}


def test_nothing_readable_is_an_error_that_leaves_nothing(workspace, oracle):
    Path("broken").mkdir()
    for name in "ab":
        Path(f"broken/{name}.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"No image could be read.*a\.png.*all 2"):
        predict("broken")
    assert not files(Path("predictions"))


def test_interrupting_keeps_what_is_done(workspace, oracle):
    oracle.stop_after = 2
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=Path("out"))
    assert len(rows(Path("out"))) == 2
    assert files(Path("out")) >= {"overlays/bad_1.jpg", "overlays/2.jpg", "predictions.csv"}


def test_interrupting_at_once_keeps_the_earlier_prediction(workspace, oracle):
    predict("photos", out=Path("out"))
    before = files(Path("out"))
    oracle.stop_after = oracle.seen
    with pytest.raises(KeyboardInterrupt):
        predict("photos/good", out=Path("out"))
    assert files(Path("out")) == before
    assert len(rows(Path("out"))) == 3


def test_an_earlier_prediction_is_replaced_and_other_files_stay(workspace, oracle):
    predict("photos", out=Path("out"))
    Path("out/masks/mine.png").write_bytes(b"mine")
    predict("photos/bad/2.png", out=Path("out"), formats=["overlay"])
    assert files(Path("out")) == {"predictions.jsonl", "overlays/2.jpg", "masks/mine.png"}


def test_predicting_the_folder_that_holds_the_output(workspace, oracle):
    predict("photos", out=Path("photos"))
    assert predict("photos", out=Path("photos"))["images"] == 3


def test_threshold_takes_the_place_of_all_three(workspace, oracle):
    predict("photos", threshold=0.02)
    decision = oracle.opened[0][2]
    assert decision.class_score == decision.mask_score == decision.box_score == 0.02
    assert decision.box_floor == 0.02


def test_masks_are_for_runs_that_have_them(workspace, oracle):
    path = Path("runs/first/model.json")
    ModelCard.read(path).model_copy(update={"tasks": ("cls",)}).write(path)
    assert predict("photos")["formats"] == ["overlay", "csv", "jsonl"]
    with pytest.raises(InputError, match="trained for cls, not for seg"):
        predict("photos", formats=["csv", "mask"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"threshold": 1.5}, "threshold 1.5"),
        ({"threshold": float("nan")}, "threshold nan"),
        ({"formats": ["csv", "overlays"]}, "no format 'overlays'.*Did you mean 'overlay'"),
        ({"tasks": ["sgm"]}, "no task 'sgm'"),
        ({"tasks": ["cls", "det"]}, "trained for cls, seg, not for det"),
        ({"model": Path("runs/frist")}, "no run .*frist.*'first'"),
        ({"inputs": "absent"}, "no file or folder absent"),
        ({"out": Path("runs/latest")}, "is a file"),
    ],
)
def test_wrong_calls(workspace, oracle, arguments, says):
    with pytest.raises(InputError, match=says):
        predict(**{"inputs": "photos", **arguments})
    assert not oracle.opened
    assert not Path("predictions").exists()


def test_a_full_disk_leaves_no_half_table(workspace, oracle, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("auxnet_cli.reports.writers.pictures.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        predict("photos", out=Path("out"))
    assert not files(Path("out"))


@pytest.mark.parametrize("workers", [0, 3])
def test_lines_are_in_the_order_of_the_images_one_bad_among_many(workspace, oracle, workers):
    oracle.workers = workers
    for number in range(30):
        save(Path(f"many/{number:02}.png"), number % 3 == 0)
    Path("many/17.png").write_bytes(b"no image")
    summary = predict("many", out=Path("out"), formats=["mask", "csv"])
    assert (summary["images"], summary["unreadable"], summary["defective"]) == (30, 1, 10)
    found = rows(Path("out"))
    assert [row["path"] for row in found] == [f"many/{number:02}.png" for number in range(30)]
    assert [number for number, row in enumerate(found) if "error" in row] == [17]
    with Path("out/predictions.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["path"] for row in csv.DictReader(stream)] == [row["path"] for row in found]
    masks = [row["files"].get("mask") for row in found if "error" not in row]
    assert masks == [
        [f"masks/{number:02}_pit.png"] if number % 3 == 0 else None
        for number in range(30)
        if number != 17
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, NotFiniteError])
def test_what_stops_a_thread_stops_the_work(workspace, oracle, monkeypatch, error):
    oracle.workers = 3
    for number in range(30):
        save(Path(f"many/{number:02}.png"), True)
    dark = Path("many/10.png")
    save(dark, False)

    def inspect(images):
        if images[0].max() < 100:
            raise error
        return [oracle._inspect(image) for image in images]

    monkeypatch.setattr(oracle, "inspect", inspect)
    with pytest.raises(error):
        predict("many", out=Path("out"))
    if error is NotFiniteError:
        assert not (Path("out") / "predictions.jsonl").exists()
        return
    # Nothing is there of the images that were inspected ahead and not written.
    assert len(rows(Path("out"))) == 10
    named = {name for row in rows(Path("out")) for made in row["files"].values() for name in made}
    assert files(Path("out")) == {*named, "predictions.jsonl", "predictions.csv"}


def test_threads_change_nothing(exported, made, tmp_path):
    found = []
    for threads in (1, 3):
        out = tmp_path / str(threads)
        predict(
            made.root / "images",
            model=exported[0],
            out=out,
            threshold=0.5,
            engine="openvino",
            threads=threads,
        )
        pictures = {name: (out / name).read_bytes() for name in files(out) if "/" in name}
        found.append(([{**row, "seconds": 0} for row in rows(out)], pictures))
    assert len(found[0][0]) == 16
    assert found[0] == found[1]


def test_with_a_real_network(workspace):
    """An untrained one: whatever it finds, it goes through files and decoding to the lines."""
    network = defect_aux_net(
        2,
        "multi-label",
        ("cls", "seg", "det"),
        (32, 64),
        ModelSettings(encoder="resnet18", pyramid_width=8, segmentation_width=8, detection_width=8),
    )
    run = Path("runs/first")
    network.save(run / "model.keras")
    card = ModelCard.read(run / "model.json")
    changes = {"tasks": ("cls", "seg", "det"), "size": (32, 64)}
    card.model_copy(update={**changes, "sha256": sha256(run / "model.keras")}).write(
        run / "model.json"
    )
    summary = predict("photos", threshold=0)
    assert summary["defective"] == 3
    for row in rows(Path("predictions/first")):
        assert set(row["scores"]) == set(CLASSES)
        assert all(0 < score < 1 for score in row["scores"].values())
        assert row["masks"]["pit"]["size"] == [20, 24]
        assert decode(row["masks"]["pit"]).all()
        assert 0 < len(row["boxes"]) <= 100
        assert all(0 <= box["x"] <= 24 and 0 <= box["y"] <= 20 for box in row["boxes"])
        assert row["seconds"] > 0
