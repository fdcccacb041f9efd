import codecs
import csv
import io
import json
import os
import shutil
import signal
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.predict import predict
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.reports.terminal.prediction import prediction_table
from auxnet_cli.settings import AnchorSettings, DecisionSettings, ModelSettings
from auxnet_cli.system.files import sha256

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


def listed(folder):
    return {name for row in rows(folder) for made in row.get("files", {}).values() for name in made}


def table(folder):
    with (folder / "predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


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
        "cautions": [],
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
    assert decode(first["masks"]["pit"], *first["masks"]["pit"]["size"]).sum() == 16
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
    with Path("out/predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
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
    with pytest.raises(KeyboardInterrupt) as stop:
        predict("photos", out=Path("out"))
    done = Path("out/unfinished")
    assert stop.value.__notes__ == [f"2 of 3 images are done, and lie in {done}."]
    assert len(rows(done)) == 2
    assert files(done) == listed(done) | {"predictions.jsonl", "predictions.csv", "lock"}
    assert len(table(done)) == 2
    assert not Path("out/predictions.jsonl").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 2)])
def test_a_signal_waits_for_the_image_in_progress(workspace, oracle, monkeypatch, number):
    inspect = oracle.inspect

    def stop(images):
        if oracle.seen == 1:
            signal.raise_signal(number)
        return inspect(images)

    monkeypatch.setattr(oracle, "inspect", stop)
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=Path("out"))
    assert len(rows(Path("out/unfinished"))) == 2


def test_a_signal_at_the_last_image_comes_too_late(workspace, oracle, monkeypatch):
    inspect = oracle.inspect

    def stop(images):
        if oracle.seen == 2:
            signal.raise_signal(signal.SIGTERM)
        return inspect(images)

    monkeypatch.setattr(oracle, "inspect", stop)
    assert predict("photos", out=Path("out"))["images"] == 3
    assert not Path("out/unfinished").exists()


def test_what_was_stopped_leaves_an_earlier_prediction_whole(workspace, oracle):
    predict("photos", out=Path("out"))
    before = {name: (Path("out") / name).read_bytes() for name in files(Path("out"))}
    save(Path("photos/bad/1.png"), False)
    oracle.stop_after = oracle.seen + 2
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=Path("out"))
    for name, content in before.items():
        assert (Path("out") / name).read_bytes() == content
    oracle.stop_after = 10**9
    predict("photos", out=Path("out"))
    assert files(Path("out")) == listed(Path("out")) | {"predictions.jsonl", "predictions.csv"}
    assert rows(Path("out"))[0]["verdict"] == "good"


def test_strict_stops_at_the_first_unreadable_image(workspace, oracle):
    Path("photos/bad/3.png").write_bytes(b"no image")
    with pytest.raises(AuxnetError, match=r"bad.3\.png.*Nothing after it.*--strict") as stop:
        predict("photos", out=Path("out"), strict=True)
    assert stop.value.exit_code == 1
    assert [row["path"] for row in rows(Path("out/unfinished"))] == [
        "photos/bad/1.png",
        "photos/bad/2.png",
    ]
    assert not Path("out/predictions.jsonl").exists()
    Path("photos/bad/3.png").unlink()
    assert predict("photos", out=Path("out"), strict=True)["images"] == 3


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


@pytest.mark.parametrize("out", ["photos", "photos/out"])
@pytest.mark.parametrize("stopped", [False, True])
def test_predicting_the_folder_that_holds_the_output(workspace, oracle, out, stopped):
    oracle.stop_after = 2 if stopped else 10**9
    with pytest.raises(KeyboardInterrupt) if stopped else nullcontext():
        predict("photos", out=Path(out))
    oracle.stop_after = 10**9
    assert list(Path(out).rglob("overlays/*.jpg"))
    for inputs in ("photos", "photos/**/*.*", ["photos", *Path(out).rglob("*.jpg")]):
        assert predict(inputs, out=Path("photos/again"))["images"] == 3


def test_the_second_prediction_into_a_folder_is_refused(workspace, oracle, monkeypatch):
    def second(images):
        with pytest.raises(InputError, match="Another prediction is being written to out: wait"):
            predict("photos/good", out=Path("out"))
        refused.append(images)
        return [oracle._inspect(image) for image in images]

    refused = []
    monkeypatch.setattr(oracle, "inspect", second)
    assert predict("photos", out=Path("out"))["images"] == 3
    assert len(refused) == 3
    assert len(rows(Path("out"))) == 3


def test_an_output_folder_that_is_removed_stops_the_work(workspace, oracle, monkeypatch):
    inspect = oracle.inspect

    def remove(images):
        if oracle.seen == 1:
            shutil.rmtree("out")
        return inspect(images)

    monkeypatch.setattr(oracle, "inspect", remove)
    with pytest.raises(AuxnetError, match="unfinished was removed while"):
        predict("photos", out=Path("out"), formats=["jsonl"])
    assert oracle.seen == 2
    assert not Path("out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")
def test_names_that_are_no_text_and_circles_of_links(workspace, oracle):
    odd = os.fsdecode(b"photos/good/caf\xe9.png")
    shutil.copy("photos/bad/1.png", odd)
    Path(os.fsdecode(b"photos/good/empty\xe9.png")).touch()
    Path("photos/good/loop.png").symlink_to("loop.png")
    Path("photos/good/nowhere.png").symlink_to("absent.png")
    Path("photos/good/folder").symlink_to("..")
    out = Path(os.fsdecode(b"out\xff"))
    summary = predict("photos", out=out)
    assert (summary["images"], summary["unreadable"], summary["defective"]) == (7, 3, 3)
    assert summary["cautions"] == []
    found = {row["path"]: row for row in rows(out)}
    cafe = found["photos/good/caf\\udce9.png"]
    assert cafe["files"]["overlay"] == ["overlays/caf.jpg"]
    assert "empty (0 bytes)" in found["photos/good/empty\\udce9.png"]["error"]
    assert "symbolic links" in found["photos/good/loop.png"]["error"]
    assert "There is no image" in found["photos/good/nowhere.png"]["error"]
    assert [row["path"] for row in table(out)] == list(found)
    screen = io.BytesIO()
    stream = io.TextIOWrapper(screen, "utf-8", write_through=True)
    Console(file=stream).print(prediction_table(summary))
    assert "out\\udcff/predictions.jsonl" in screen.getvalue().decode()


def test_cells_are_no_formulas(workspace, oracle, monkeypatch):
    for name in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain"):
        save(workspace / f"{name}.png", False)
    Path("=broken.png").touch()
    summary = predict(sorted(path.name for path in workspace.glob("*.png")), out=Path("out"))
    assert summary["images"] == 7
    assert Path("out/predictions.csv").read_bytes().startswith(codecs.BOM_UTF8)
    found = {row["path"]: row for row in table(Path("out"))}
    assert set(found) == {
        "'=1+1.png", "'+1.png", "'-1.png", "'@SUM(A1).png", "'\t=1.png", "plain.png",
        "'=broken.png",
    }  # fmt: skip
    assert found["'=broken.png"]["error"].startswith("'=broken.png is empty")


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


def test_a_full_disk_keeps_the_finished_lines(workspace, oracle, monkeypatch):
    write = Path.write_bytes

    def full(path, content):
        if path.name == "2_pit.png":
            write(path, content[:10])
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space") as stop:
        predict("photos", out=Path("out"))
    done = Path("out/unfinished")
    assert stop.value.__notes__ == [f"1 of 3 images are done, and lie in {done}."]
    assert files(Path("out")) == {
        f"unfinished/{name}"
        for name in listed(done) | {"predictions.jsonl", "predictions.csv", "lock"}
    }
    assert len(rows(done)) == len(table(done)) == 1


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
    with Path("out/predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
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
    assert not (Path("out") / "predictions.jsonl").exists()
    # Nothing is there of the images that were inspected ahead and not written.
    done = Path("out/unfinished")
    assert len(rows(done)) == 10
    assert files(done) == listed(done) | {"predictions.jsonl", "predictions.csv", "lock"}


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
        assert decode(row["masks"]["pit"], *row["masks"]["pit"]["size"]).all()
        assert 0 < len(row["boxes"]) <= 100
        assert all(0 <= box["x"] <= 24 and 0 <= box["y"] <= 20 for box in row["boxes"])
        assert row["seconds"] > 0
