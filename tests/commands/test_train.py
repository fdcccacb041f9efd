import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.train import train
from auxnet_cli.documents.training_result import TrainingResult
from auxnet_cli.errors import InputError

ANSWER = {
    "run": "runs/[a]",
    "data": "data/strips",
    "epochs": 3,
    "best_epoch": 2,
    "best": 0.5,
    "history": [],
    "unreadable": {},
    "warnings": [],
    "seconds": 90.0,
}


@pytest.fixture
def call(monkeypatch):
    def stand_in(answer, *words):
        calls = []

        def learn(*given):
            calls.append(given)
            if isinstance(answer, BaseException):
                raise answer
            return TrainingResult(**answer)

        monkeypatch.setattr("auxnet_cli.jobs.train.train", learn)
        app = typer.Typer()
        app.command()(train)
        return CliRunner().invoke(app, list(words)), calls

    return stand_in


def test_options_reach_the_library(call):
    done, calls = call(
        ANSWER, "--tasks", "det,cls", "--data", "d", "--preset", "swift", "--config", "c.yaml",
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
    assert json.loads(done.stdout) == ANSWER


def test_nothing_has_to_be_given(call):
    done, calls = call(ANSWER)
    assert calls == [(None, None, None, None, [], None, None, None)]
    assert "Trained 3 epochs in 1.5 min; the best was epoch 2. The run: runs/[a]" in done.stdout
    assert "Next: auxnet evaluate" in done.stdout
    assert "unreadable" not in done.stdout


def test_unreadable_images_are_counted(call):
    done, _ = call({**ANSWER, "unreadable": {"a.png": "is empty"}})
    assert "1 unreadable images passed over." in done.stdout


def test_an_unknown_task(call):
    done, calls = call(ANSWER, "--tasks", "cls,sge")
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
