import json
from functools import partial
from pathlib import Path

import pytest

from auxnet_cli.commands.train import train
from auxnet_cli.documents.training_result import TrainingResult
from auxnet_cli.errors import InputError

RESULT = TrainingResult(
    run="runs/[a]",
    data="data/strips",
    epochs=3,
    best_epoch=2,
    best=0.5,
    history=[{"epoch": 1, "loss": 2.0, "val_f1": None}],
    unreadable={},
    warnings=[],
    seconds=90.0,
)


@pytest.fixture
def call(invoke):
    return partial(invoke, train, "auxnet_cli.jobs.train.train")


def test_options_reach_the_library(call):
    done, calls = call(
        RESULT, "--tasks", "det,cls", "--data", "d", "--preset", "swift", "--config", "c.yaml",
        "--set", "seed=1", "--set", "training.epochs=3", "--out", "o", "--json",
        "--from", "r", "--minutes", "4.5", "--find-lr", "--no-resume",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [
        (
            ("cls", "det"),
            Path("d"),
            "swift",
            Path("c.yaml"),
            ["seed=1", "training.epochs=3", "training.minutes=4.5", "training.find_lr=true"],
            Path("o"),
            Path("r"),
            False,
        )
    ]
    printed = json.loads(done.stdout)
    assert list(printed.items()) == list(RESULT.model_dump().items())
    assert list(printed)[:5] == ["run", "data", "epochs", "best_epoch", "best"]
    assert list(printed)[5:] == ["history", "unreadable", "warnings", "seconds"]
    assert '"epoch": 1,' in done.stdout  # whole numbers stay whole


def test_nothing_has_to_be_given(call):
    done, calls = call(RESULT)
    assert calls == [(None, None, None, None, [], None, None, None)]
    assert (
        "Trained 3 epochs in 1.5 min; the network of epoch 2 is kept. The run: runs/[a]"
        in done.stdout
    )
    assert "Next: auxnet evaluate" in done.stdout
    assert "unreadable" not in done.stdout


def test_unreadable_images_are_counted(call):
    done, _ = call(RESULT.model_copy(update={"unreadable": {"a.png": "is empty"}}))
    assert "1 unreadable images passed over." in done.stdout


def test_an_unknown_task(call):
    done, calls = call(RESULT, "--tasks", "cls,sge")
    assert done.exit_code == 2
    assert "Did you mean 'seg'" in done.stderr
    assert not calls


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("There is no data set."), 2), (KeyboardInterrupt("It is in runs/a."), 130)],
)
def test_errors_and_interruption(call, error, code):
    done, _ = call(error)
    assert done.exit_code == code
    assert str(error) in done.stderr
    assert done.stdout == ""
