import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.pretrain import pretrain
from auxnet_cli.documents.training_result import PretrainingResult
from auxnet_cli.errors import InputError

ANSWER = {
    "run": "runs/[a]",
    "data": "data/strips/grown",
    "epochs": 3,
    "best_epoch": 2,
    "best": 0.5,
    "history": [],
    "unreadable": {},
    "warnings": [],
    "seconds": 90.0,
    "photos": "data/strips",
    "grown": {
        "out": "data/strips/grown",
        "counts": {"train": {"images": 38}, "val": {"images": 2}, "test": {"images": 0}},
    },
}


@pytest.fixture
def call(monkeypatch):
    def stand_in(answer, *words):
        calls = []

        def learn(*given):
            calls.append(given)
            if isinstance(answer, BaseException):
                raise answer
            return PretrainingResult(**answer)

        monkeypatch.setattr("auxnet_cli.jobs.pretrain.pretrain", learn)
        app = typer.Typer()
        app.command()(pretrain)
        return CliRunner().invoke(app, list(words)), calls

    return stand_in


def test_options_reach_the_library(call):
    done, calls = call(
        ANSWER, "--tasks", "det,cls", "--data", "d", "--images", "40", "--preset", "swift",
        "--config", "c.yaml", "--set", "seed=1", "--out", "o", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [
        (("cls", "det"), Path("d"), 40, "swift", Path("c.yaml"), ["seed=1"], Path("o"))
    ]
    assert json.loads(done.stdout) == ANSWER


def test_nothing_has_to_be_given_and_the_next_step_is_named(call):
    done, calls = call(ANSWER)
    assert calls == [(None, None, None, None, None, (), None)]
    words = " ".join(done.stdout.split())
    assert "Trained 3 epochs on 40 drawn images (data/strips/grown) in 1.5 min" in words
    assert "Next: auxnet train --from runs/[a] --data data/strips" in words


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("There is no data set."), 2), (KeyboardInterrupt("It is in runs/a."), 130)],
)
def test_errors_and_interruption(call, error, code):
    done, _ = call(error)
    assert done.exit_code == code
    assert str(error) in done.stderr
    assert done.stdout == ""
