"""The promise of resuming, kept in processes that are killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

KILLS = 20
UNTIMED = ("seconds", "images_per_s", "waited")
SETTINGS = ("training.epochs=4", "training.batch_size=1")
# A tiny network comes to the same bits even where timing orders its sums; this one does not.
REAL = (
    "data.size=[96, 288]",
    "model.encoder=resnet18",
    "model.weights=none",
    "training.epochs=16",
    "training.batch_size=4",
    "training.validate_every=8",
)


def state(run):
    with np.load(run / "checkpoints/last.npz") as file:
        return json.loads(str(file["arr_0"])), [file[name] for name in file.files[1:]]


def history(run):
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return [{name: line[name] for name in line if name not in UNTIMED} for line in lines]


@pytest.mark.slow
@pytest.mark.parametrize("real", [False, True], ids=["tiny", "resnet18"])
def test_killed_twenty_times_it_learns_the_same(tmp_path, made, tiny, real):
    """A training, and the same with SIGKILL at twenty random moments: equal to the last bit."""
    settings = REAL if real else (*tiny, *SETTINGS)
    settings = (*settings, "training.checkpoint_minutes=0.002")
    overrides = [word for text in settings for word in ("--set", text)]

    def command(out):
        words = ["train", "--data", str(made.root), *overrides, "--out", out]
        with (tmp_path / "errors.txt").open("w") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "auxnet_cli", *words],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    whole = command("runs/whole")
    assert whole.wait() == 0, (tmp_path / "errors.txt").read_text()
    dice, seen = random.Random(1), set()
    killed = tmp_path / "runs/killed"
    for kill in range(KILLS):
        process = command("runs/killed")
        # The first before anything is saved, some in the start-up; the rest up to three states
        # later, which it saves all the time.
        stamps, wanted = {_stamp(killed)}, 1 + dice.randint(1, 3)
        while len(stamps) < wanted and dice.random() > 0.0001:
            assert process.poll() is None, (tmp_path / "errors.txt").read_text()
            if kill == 0 and killed.exists():
                break
            time.sleep(0.01)
            stamps.add(_stamp(killed))
        time.sleep(dice.uniform(0, 0.1) if kill else 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (killed / "checkpoints/last.npz").exists():
            at, _ = state(killed)
            seen.add((at["counters"]["epoch"], at["counters"]["step"]))
    last = command("runs/killed")
    assert last.wait() == 0, (tmp_path / "errors.txt").read_text()
    assert len(seen) > 4, seen
    assert history(killed) == history(tmp_path / "runs/whole")
    for old, new in zip(state(tmp_path / "runs/whole")[1], state(killed)[1], strict=True):
        np.testing.assert_array_equal(old, new)


def _stamp(run):
    path = run / "checkpoints/last.npz"
    return path.stat().st_mtime_ns if path.exists() else None
