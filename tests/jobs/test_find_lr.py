import json
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.jobs.find_lr import find_lr
from auxnet_cli.jobs.train import train
from auxnet_cli.training.schedule import range_test


@pytest.fixture
def short(monkeypatch, tmp_path, eager):
    """A test of few steps, in an empty workspace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(range_test, "STEPS", 12)


def test_it_writes_a_record_and_a_picture(short, made, tiny):
    answer = find_lr(["cls"], made.root, overrides=tiny).model_dump()
    assert answer.pop("out") == "range_test"
    assert json.loads(Path("range_test/range_test.json").read_text()) == answer
    assert Path("range_test/range_test.png").read_bytes().startswith(b"\x89PNG")
    assert 0 < answer["peak"] <= 0.1
    assert not Path("runs").exists()


def test_a_training_takes_the_peak_and_begins_as_if_nothing_was(short, made, tiny):
    overrides = [*tiny, "training.epochs=1", "training.average=0"]
    answer = train(["cls"], made.root, overrides=[*overrides, "training.find_lr=true"])
    run = Path(answer.run)
    peak = json.loads((run / "range_test.json").read_text())["peak"]
    # Trained by that rate from the start, it gives the same: the test has left no trace.
    again = train(["cls"], made.root, overrides=[*overrides, f"training.learning_rate={peak!r}"])
    assert again.history[0]["loss"] == answer.history[0]["loss"]
    with np.load(run / "checkpoints/last.npz") as file:
        assert json.loads(str(file["arr_0"]))["schedule"]["peak"] == peak


def test_wrong_settings(short, made):
    with pytest.raises(InputError, match=r"training\.epochs"):
        find_lr(data=made.root, overrides=["training.epochs=0"])
    Path("file").touch()
    with pytest.raises(InputError, match="is a file: name a folder"):
        find_lr(data=made.root, out=Path("file"))
    assert not Path("range_test").exists()
