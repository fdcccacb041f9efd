import contextlib
import csv
import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from rich.console import Console

from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.predict import predict
from auxnet_cli.prediction_files import FORMATS, PredictionFormat
from auxnet_cli.reports.terminal.prediction import prediction_table
from auxnet_cli.settings import DecisionSettings
from tests.jobs.predicting import SHA256, StandIn, save, write_run

OUT = Path("out")
DONE = OUT / "unfinished"


@pytest.fixture
def oracle(monkeypatch):
    oracle = StandIn()
    monkeypatch.setattr(Inspector, "open", oracle.open)
    return oracle


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A run that is the latest, and three photos: two with a pit, one good."""
    monkeypatch.chdir(tmp_path)
    write_run()
    for name, pit in (("bad/1.png", True), ("bad/2.png", True), ("good/1.png", False)):
        save(Path("photos") / name, pit)
    return tmp_path


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
    assert summary.document() == {
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
    summary = predict(["photos"], formats=["csv"], out=OUT)
    assert (summary.images, summary.unreadable) == (5, 2)
    assert [image.path for image in summary.errors] == [
        "photos/bad/0.png",
        "photos/bad/3.png",
    ]
    broken = rows(OUT)[0]
    assert broken == {"path": "photos/bad/0.png", "error": summary.errors[0].error}
    with Path("out/predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [bool(row["error"]) for row in csv.DictReader(stream)] == [
            True,
            False,
            False,
            True,
            False,
        ]
    assert files(OUT) == {"predictions.csv", "predictions.jsonl"}


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
        predict("photos", out=OUT)
    assert stop.value.__notes__ == [f"2 of 3 images are done, and lie in {DONE}."]
    assert len(rows(DONE)) == 2
    assert files(DONE) == listed(DONE) | {"predictions.jsonl", "predictions.csv", "lock"}
    assert len(table(DONE)) == 2
    assert not Path("out/predictions.jsonl").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 2)])
def test_a_signal_waits_for_the_image_in_progress(workspace, oracle, monkeypatch, number):
    inspect = oracle.inspect_batch

    def stop(images):
        if oracle.seen == 1:
            signal.raise_signal(number)
        return inspect(images)

    monkeypatch.setattr(oracle, "inspect_batch", stop)
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=OUT)
    assert len(rows(DONE)) == 2


def test_a_signal_at_the_last_image_comes_too_late(workspace, oracle, monkeypatch):
    inspect = oracle.inspect_batch

    def stop(images):
        if oracle.seen == 2:
            signal.raise_signal(signal.SIGTERM)
        return inspect(images)

    monkeypatch.setattr(oracle, "inspect_batch", stop)
    assert predict("photos", out=OUT).images == 3
    assert not DONE.exists()


def test_what_was_stopped_leaves_an_earlier_prediction_whole(workspace, oracle):
    predict("photos", out=OUT)
    before = {name: (OUT / name).read_bytes() for name in files(OUT)}
    save(Path("photos/bad/1.png"), False)
    oracle.stop_after = oracle.seen + 2
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=OUT)
    for name, content in before.items():
        assert (OUT / name).read_bytes() == content
    oracle.stop_after = 10**9
    predict("photos", out=OUT)
    assert files(OUT) == listed(OUT) | {"predictions.jsonl", "predictions.csv"}
    assert rows(OUT)[0]["verdict"] == "good"


def test_strict_stops_at_the_first_unreadable_image(workspace, oracle):
    Path("photos/bad/3.png").write_bytes(b"no image")
    with pytest.raises(AuxnetError, match=r"bad.3\.png.*Nothing after it.*`strict`") as stop:
        predict("photos", out=OUT, strict=True)
    assert stop.value.exit_code == 1
    assert [row["path"] for row in rows(DONE)] == [
        "photos/bad/1.png",
        "photos/bad/2.png",
    ]
    assert not Path("out/predictions.jsonl").exists()
    Path("photos/bad/3.png").unlink()
    assert predict("photos", out=OUT, strict=True).images == 3


@pytest.mark.parametrize("out", ["photos", "photos/out"])
@pytest.mark.parametrize("stopped", [False, True])
def test_predicting_the_folder_that_holds_the_output(workspace, oracle, out, stopped):
    oracle.stop_after = 2 if stopped else 10**9
    with pytest.raises(KeyboardInterrupt) if stopped else contextlib.nullcontext():
        predict("photos", out=Path(out))
    oracle.stop_after = 10**9
    assert list(Path(out).rglob("overlays/*.jpg"))
    for inputs in ("photos", "photos/**/*.*", ["photos", *Path(out).rglob("*.jpg")]):
        assert predict(inputs, out=Path("photos/again")).images == 3


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
    assert (summary.images, summary.unreadable, summary.defective) == (7, 3, 3)
    assert summary.cautions == []
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


def test_threshold_takes_the_place_of_all_three(workspace, oracle):
    predict("photos", threshold=0.02)
    decision = oracle.opened[0][2]
    assert decision.class_score == decision.mask_score == decision.box_score == 0.02
    assert decision.box_floor == 0.02


def test_masks_are_for_runs_that_have_them(workspace, oracle):
    path = Path("runs/first/model.json")
    ModelCard.read(path).model_copy(update={"tasks": ("cls",)}).write(path)
    assert predict("photos").formats == ["overlay", "csv", "jsonl"]
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


@pytest.mark.parametrize("workers", [0, 3])
def test_lines_are_in_the_order_of_the_images_one_bad_among_many(workspace, oracle, workers):
    oracle.workers = workers
    for number in range(30):
        save(Path(f"many/{number:02}.png"), number % 3 == 0)
    Path("many/17.png").write_bytes(b"no image")
    summary = predict("many", out=OUT, formats=["mask", "csv"])
    assert (summary.images, summary.unreadable, summary.defective) == (30, 1, 10)
    found = rows(OUT)
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
        return [oracle.look(image) for image in images]

    monkeypatch.setattr(oracle, "inspect_batch", inspect)
    with pytest.raises(error):
        predict("many", out=OUT)
    assert not (OUT / "predictions.jsonl").exists()
    # Nothing is there of the images that were inspected ahead and not written.
    assert len(rows(DONE)) == 10
    assert files(DONE) == listed(DONE) | {"predictions.jsonl", "predictions.csv", "lock"}


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


def test_with_a_real_network(workspace, exported):
    """An untrained one: whatever it finds, it goes through files and decoding to the lines."""
    summary = predict("photos", model=exported[0], threshold=0, out=OUT)
    assert summary.defective == 3
    for row in rows(OUT):
        assert all(0 < score < 1 for score in row["scores"].values())
        for rle in row["masks"].values():
            assert rle["size"] == [20, 24]
            assert decode(rle, *rle["size"]).all()
        assert 0 < len(row["boxes"]) <= 100
        assert all(0 <= box["x"] <= 24 and 0 <= box["y"] <= 20 for box in row["boxes"])
        assert row["seconds"] > 0


@contextlib.contextmanager
def toy_writer(output, card):
    """A writer of a few lines, as one in a module of its own would be."""

    def render(result, stem):
        text = f"{stem} {len(card.classes)} {result.inspection.verdict}"

        def put(files):
            output.add_picture(f"notes/{stem}.txt", text.encode())
            return [f"notes/{stem}.txt"]

        return put

    yield render


def test_a_toy_writer_needs_a_module_and_an_entry(workspace, oracle, monkeypatch):
    monkeypatch.setattr(
        "auxnet_cli.prediction.writers.pictures.toy_writer", toy_writer, raising=False
    )
    home = "auxnet_cli.prediction.writers.pictures:toy_writer"
    monkeypatch.setitem(FORMATS, "toy", PredictionFormat("toy", "notes/", home))
    oracle.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        predict("photos", out=OUT)
    oracle.stop_after = 10**9
    assert predict("photos/bad", out=OUT).formats == ["overlay", "mask", "csv", "toy", "jsonl"]
    assert (OUT / "notes/1.txt").read_text() == "1 2 defective"
    assert rows(OUT)[0]["files"]["toy"] == ["notes/1.txt"]
    summary = predict("photos/good", out=OUT, formats=["toy"])
    assert files(OUT) == {"predictions.jsonl", "notes/1.txt"}  # the earlier one is gone
    assert (OUT / "notes/1.txt").read_text() == "1 2 good"
    stream = io.StringIO()
    Console(file=stream).print(prediction_table(summary))
    assert str(OUT / "notes") in stream.getvalue()
