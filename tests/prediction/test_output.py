import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.prediction.output import Output
from auxnet_cli.system import locking

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no open file")


def names(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def write(output, *images):
    """Write images as a prediction does, and keep each."""
    lines = output.lines("predictions.jsonl")
    for image in images:
        name = f"overlays/{image}.jpg"
        output.add_picture(name, image.encode())
        lines.append(json.dumps({"path": image, "files": {"overlay": [name]}}) + "\n")
        output.keep()
    return lines


def predict(folder, *images):
    with Output.hold(folder) as output:
        output.start()
        write(output, *images)
        output.publish()


def stop(folder, *images):
    """Write images, and be interrupted."""
    with contextlib.suppress(KeyboardInterrupt), Output.hold(folder) as output:
        output.start()
        write(output, *images)
        raise KeyboardInterrupt


def test_nothing_is_in_place_before_the_end(tmp_path):
    out = tmp_path / "out"
    with Output.hold(out) as output:
        write(output, "a")
        assert names(out) == [
            "unfinished/lock", "unfinished/overlays/a.jpg", "unfinished/predictions.jsonl",
        ]  # fmt: skip
        output.publish()
    assert names(out) == ["overlays/a.jpg", "predictions.jsonl"]
    assert not (out / "unfinished").exists()


def test_an_earlier_prediction_goes_and_other_files_stay(tmp_path):
    predict(tmp_path, "a", "b")
    for name in ("overlays/mine.jpg", "unfinished.txt", "notes.txt"):
        (tmp_path / name).touch()
    predict(tmp_path, "b", "c")
    expected = {"overlays/b.jpg", "overlays/c.jpg", "predictions.jsonl"}
    assert set(names(tmp_path)) == expected | {"overlays/mine.jpg", "unfinished.txt", "notes.txt"}


def test_a_folder_that_holds_no_picture_any_more_goes(tmp_path):
    predict(tmp_path, "a")
    predict(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.jsonl"]


def test_what_was_done_stays_when_something_stops_the_work(tmp_path):
    predict(tmp_path, "a")
    stop(tmp_path, "b", "c")
    assert names(tmp_path) == [
        "overlays/a.jpg", "predictions.jsonl", "unfinished/lock", "unfinished/overlays/b.jpg",
        "unfinished/overlays/c.jpg", "unfinished/predictions.jsonl",
    ]  # fmt: skip
    predict(tmp_path, "d")
    assert names(tmp_path) == ["overlays/d.jpg", "predictions.jsonl"]


def test_what_was_done_stays_while_the_next_has_not_started(tmp_path):
    stop(tmp_path, "a")
    with pytest.raises(InputError), Output.hold(tmp_path):
        raise InputError("no such model")
    assert "unfinished/overlays/a.jpg" in names(tmp_path)


def test_half_an_image_is_undone(tmp_path):
    with contextlib.suppress(OSError), Output.hold(tmp_path) as output:
        lines = write(output, "a")
        output.add_picture("overlays/b.jpg", b"b")
        lines.append("{")
        raise OSError("full")
    assert names(tmp_path / "unfinished") == ["lock", "overlays/a.jpg", "predictions.jsonl"]
    assert (tmp_path / "unfinished" / "predictions.jsonl").read_text().count("\n") == 1


def test_nothing_done_leaves_nothing(tmp_path):
    out = tmp_path / "deep" / "out"
    with Output.hold(out) as output:
        write(output)
        output.discard()
    assert not out.exists()
    with Output.hold(tmp_path / "deep"):
        pass
    assert (tmp_path / "deep").exists()


def test_one_at_a_time(tmp_path):
    with Output.hold(tmp_path):
        with pytest.raises(InputError, match="Another prediction is being written"):
            Output.hold(tmp_path).__enter__()
        with Output.hold(tmp_path / "other"):
            pass
    predict(tmp_path, "a")


@pytest.mark.parametrize("name", ["holiday.jpg", "overlays"])
def test_somebody_elses_folder_is_left_alone(tmp_path, name):
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / name).touch()
    with pytest.raises(InputError, match="unfinished holds something that is no prediction"):
        Output.hold(tmp_path).__enter__()
    assert names(tmp_path) == [f"unfinished/{name}"]


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "unfinished").touch()
    with pytest.raises(InputError, match="unfinished holds something that is no prediction"):
        Output.hold(tmp_path).__enter__()


@posix
def test_a_folder_that_was_removed(tmp_path):
    with Output.hold(tmp_path) as output:
        lines = write(output, "a")
        shutil.rmtree(output.unfinished)
        lines.append("{}\n")
        with pytest.raises(AuxnetError, match="was removed while"):
            output.keep()
        with pytest.raises(AuxnetError, match="was removed while"):
            output.add_picture("overlays/b.jpg", b"")
    assert names(tmp_path) == []


@posix
def test_a_folder_that_another_process_has_taken(tmp_path):
    """It was removed, and another prediction has begun there: that one is left alone."""
    with Output.hold(tmp_path) as output:
        write(output, "a")
        shutil.rmtree(output.unfinished)
        with Output.hold(tmp_path) as other:
            write(other, "a", "b")
            with pytest.raises(AuxnetError, match="was removed while"):
                output.keep()
            output.discard()
            assert (other.unfinished / "overlays/a.jpg").exists()
            other.publish()
    assert names(tmp_path) == ["overlays/a.jpg", "overlays/b.jpg", "predictions.jsonl"]


def test_a_path_that_the_system_does_not_take_is_no_removed_folder(tmp_path, monkeypatch):
    """Such as one that is too long for Windows."""

    def refuse(*_):
        raise FileNotFoundError(2, "The system cannot find the path specified")

    with Output.hold(tmp_path) as output:
        write(output, "a")
        monkeypatch.setattr(Path, "write_bytes", refuse)
        with pytest.raises(FileNotFoundError):
            output.add_picture("overlays/b.jpg", b"")


def test_a_disk_without_locks(tmp_path, monkeypatch):
    def refuse(descriptor):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locking, "_take", refuse)
    predict(tmp_path, "a")
    stop(tmp_path, "b")
    predict(tmp_path, "c")
    assert names(tmp_path) == ["overlays/c.jpg", "predictions.jsonl"]


def test_a_picture_that_cannot_be_replaced_can_be_later(tmp_path, monkeypatch):
    """As on Windows, where it is open in another program."""
    predict(tmp_path, "a", "b")
    unlink = Path.unlink

    def refuse(self, **options):
        if self == tmp_path / "overlays" / "b.jpg":
            raise PermissionError(13, "The file is in use")
        unlink(self, **options)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(PermissionError):
        predict(tmp_path, "b", "c")
    assert not (tmp_path / "predictions.jsonl").exists()
    assert (tmp_path / "unfinished" / "complete.jsonl").exists()
    monkeypatch.undo()
    with Output.hold(tmp_path):
        pass
    assert names(tmp_path) == ["overlays/b.jpg", "overlays/c.jpg", "predictions.jsonl"]


@posix
def test_permissions_are_the_usual_ones(tmp_path):
    old = os.umask(0o027)
    try:
        predict(tmp_path / "out", "a")
    finally:
        os.umask(old)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*.j*")}
    assert modes == {0o640}
