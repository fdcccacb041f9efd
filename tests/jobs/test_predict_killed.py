"""Predictions that are killed, in processes of their own: lists and pictures always agree."""

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import auxnet_cli
from tests.jobs.predicting import save, write_run

SCRIPT = Path(__file__).parent / "predicting.py"
PACKAGE = Path(auxnet_cli.__file__).parents[1]
ALL = ("overlays", "masks")

if sys.platform != "win32":
    import fcntl
    import termios

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A run that is the latest, and three photographs, one of them with a pit."""
    monkeypatch.chdir(tmp_path)
    write_run()
    take_photos("photos", 3)
    return tmp_path


def take_photos(folder, number, first=0):
    for place in range(number):
        save(Path(folder, f"{place:03}.png"), (place + first) % 2)


@contextlib.contextmanager
def started(*arguments, **options):
    """A process of ``predicting.py``, which does not outlive the test."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def call(*arguments, seconds=0.0, **options):
    with started("call", seconds, *arguments, **options) as process:
        return process, *process.communicate()


def wait_for_lines(folder, number):
    """Wait until so many images are done."""
    path = folder / "unfinished" / "predictions.jsonl"
    while not path.exists() or path.read_bytes().count(b"\n") < number:
        time.sleep(0.01)


def rows(path):
    """The lines of a list that are whole."""
    *whole, _ = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in whole]


def listed(path):
    return {name for row in rows(path) for made in row.get("files", {}).values() for name in made}


def pictures(folder):
    return {
        path.relative_to(folder).as_posix()
        for kind in ALL
        if (folder / kind).is_dir()
        for path in (folder / kind).iterdir()
    }


def check(out):
    """Lists and pictures agree, and what is not complete can be seen to be so."""
    whole, begun = out / "predictions.jsonl", out / "unfinished" / "predictions.jsonl"
    if whole.exists():
        assert whole.read_bytes().endswith(b"}\n")
        assert listed(whole) == pictures(out)
        assert len(rows(whole)) == 3
        table = out / "predictions.csv"
        if table.exists():
            with table.open(encoding="utf-8-sig", newline="") as stream:
                found = {row["path"]: row["verdict"] for row in csv.DictReader(stream)}
            assert found == {row["path"]: row["verdict"] for row in rows(whole)}
    elif out.exists() and pictures(out):
        assert (out / "unfinished" / "complete.jsonl").exists()
    if begun.exists():
        assert listed(begun) <= pictures(begun.parent)
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]


def killed_everywhere(before, outs):
    """Check the output folder after a kill at any moment.

    Returns:
        How many there were, and the lists that were seen: in the folder, and of a prediction that
        is being put into its place.
    """
    with started("kills", "photos", before, outs) as process:
        printed, error = process.communicate()
    assert process.returncode == 0, error
    seen = set()
    for number in range(1, int(printed) + 1):
        out = outs / str(number)
        check(out)
        lists = out / "predictions.jsonl", out / "unfinished" / "complete.jsonl"
        seen.add(tuple(path.exists() for path in lists))
    check(outs / str(int(printed) + 1))
    return int(printed), seen


def is_complete(out, number):
    """Whether nothing but a prediction is there, with so many pictures."""
    check(out)
    names = {path.name for path in out.iterdir()}
    return names == {"predictions.jsonl", "predictions.csv", *ALL} and len(pictures(out)) == number


def test_a_kill_at_any_moment_beside_an_earlier_prediction(workspace):
    """Before everything that is done to the disk, and in the middle of every line."""
    assert call("predict", "photos", "--out", "before")[0].returncode == 0
    assert is_complete(Path("before"), 4)
    take_photos("photos", 3, first=1)  # the defective ones are good, and the other way round
    killed, seen = killed_everywhere(Path("before"), Path("outs"))
    assert killed > 40
    # The earlier one is there until the new one is complete; then neither, for a moment.
    assert seen == {(True, False), (True, True), (False, True)}
    assert is_complete(Path("outs", str(killed + 1)), 5)
    half = next(
        out for out in Path("outs").iterdir()
        if (out / "unfinished/complete.jsonl").exists() and 0 < len(pictures(out)) < 4
    )  # fmt: skip
    # The next call, which here fails, puts into its place what was complete.
    for photo in Path("photos").iterdir():
        photo.write_bytes(b"")
    assert call("predict", "photos", "--out", half)[0].returncode == 2
    assert is_complete(half, 5)


@pytest.mark.slow
def test_a_kill_at_any_moment_in_a_new_folder_and_while_the_next_call_mends(workspace):
    killed, seen = killed_everywhere(Path("before"), Path("outs"))
    assert killed > 30
    assert seen == {(False, False), (False, True), (True, False)}
    for number in range(1, killed + 1, 15):
        take_photos("photos", 3, first=number)
        again, _ = killed_everywhere(Path("outs", str(number)), Path("again", str(number)))
        assert is_complete(Path("again", str(number), str(again + 1)), 4 + number % 2)


@pytest.mark.slow
def test_a_kill_at_any_time(workspace):
    take_photos("photos", 200)
    chance = random.Random(0)
    for number in range(20):
        with started("call", 0.002, "predict", "photos", "--out", "photos/out") as process:
            wait_for_lines(Path("photos/out"), 1 + number)
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
            process.communicate()
        assert process.returncode in (0, -signal.SIGKILL)
        begun = Path("photos/out/unfinished/predictions.jsonl")
        if begun.exists():
            assert listed(begun) <= pictures(begun.parent)
    process, printed, error = call("predict", "photos", "--out", "photos/out", "--json")
    assert process.returncode == 0, error
    assert json.loads(printed)["images"] == 200
    out = Path("photos/out")
    assert listed(out / "predictions.jsonl") == pictures(out)
    assert {path.name for path in out.iterdir()} == {
        "predictions.jsonl", "predictions.csv", *ALL,
    }  # fmt: skip


def test_a_polite_signal_keeps_what_was_done(workspace):
    with started("call", 0.3, "predict", "photos", "--out", "out") as process:
        wait_for_lines(Path("out"), 1)
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate()
    assert process.returncode == 130
    done = len(rows(Path("out/unfinished/predictions.jsonl")))
    assert 0 < done < 3
    assert f"Interrupted. {done} of 3 images are done, and lie in out/unfinished.\n" in error
    assert listed(Path("out/unfinished/predictions.jsonl")) == pictures(Path("out/unfinished"))
    assert not Path("out/predictions.jsonl").exists()


def test_a_terminal_that_is_closed(workspace):
    """It sends SIGHUP; nothing can be printed any more, and what was done is kept all the same."""
    ours, theirs = os.openpty()
    with started(
        "call", 0.3, "predict", "photos", "--out", "out",
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:  # fmt: skip
        os.close(theirs)
        wait_for_lines(Path("out"), 1)
        os.close(ours)
        assert process.wait() == 130
    assert 0 < len(rows(Path("out/unfinished/predictions.jsonl"))) < 3
    assert listed(Path("out/unfinished/predictions.jsonl")) == pictures(Path("out/unfinished"))


def test_a_second_process_is_refused_until_the_first_is_dead(workspace):
    with started("call", 60, "predict", "photos", "--out", "out"):
        wait_for_lines(Path("out"), 0)
        second, _, error = call("predict", "photos", "--out", "out")
    assert second.returncode == 2
    assert error == (
        "Error: Another prediction is being written to out: wait for its end, or name another "
        "folder with --out.\n"
    )
    assert call("predict", "photos", "--out", "out")[0].returncode == 0
    assert is_complete(Path("out"), 4)


def test_a_disk_that_takes_no_more_keeps_the_finished_lines(workspace):
    """A limit on the size of files stands for a full disk: the table reaches it in mid-row."""
    resource = pytest.importorskip("resource")
    take_photos("photos", 40)
    wide = Path("photos", "=" + "w" * 150 + ".png")
    shutil.copy("photos/001.png", wide)
    limit = 6000
    process, _, error = call(
        "predict", "photos", "--out", "out", "--format", "csv",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert process.returncode == 1
    done = Path("out/unfinished")
    found = rows(done / "predictions.jsonl")
    assert 0 < len(found) < 41
    assert f"{len(found)} of 41 images are done, and lie in {done}." in error
    assert "The system refused" in error
    with (done / "predictions.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(found)
    assert (done / "predictions.jsonl").read_bytes().endswith(b"}\n")


@pytest.mark.slow
@pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0 or shutil.which("mount") is None,
    reason="only root makes a small disk",
)
def test_a_full_disk(workspace):
    take_photos("photos", 60)
    disk = Path("disk")
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        process, _, error = call("predict", "photos", "--out", "disk/out")
        assert process.returncode == 1
        done = disk / "out" / "unfinished"
        found = rows(done / "predictions.jsonl")
        assert 0 < len(found) < 60
        assert "No space left on device" in error
        assert f"{len(found)} of 60 images are done, and lie in {done}." in error
        assert listed(done / "predictions.jsonl") == pictures(done)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
