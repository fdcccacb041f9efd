import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.lr import lr
from auxnet_cli.jobs.find_lr import LearningRate

FOUND = {"peak": 0.00123, "rates": [0.1], "losses": [2.0], "out": "range_test"}


@pytest.fixture
def call(monkeypatch):
    def stand_in(*words):
        calls = []

        def find(*given):
            calls.append(given)
            return LearningRate(**FOUND)

        monkeypatch.setattr("auxnet_cli.jobs.find_lr.find_lr", find)
        app = typer.Typer()
        app.command()(lr)
        return CliRunner().invoke(app, list(words)), calls

    return stand_in


def test_options_reach_the_library(call):
    done, calls = call(
        "--tasks", "det,cls", "--data", "d", "--preset", "swift", "--config", "c.yaml",
        "--set", "seed=1", "--out", "o", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [(("cls", "det"), Path("d"), "swift", Path("c.yaml"), ["seed=1"], Path("o"))]
    assert json.loads(done.stdout) == FOUND


def test_it_says_what_to_do_next(call):
    done, _ = call()
    assert "Peak learning rate: 0.0012" in done.output
    assert "range_test.png" in done.output
    assert "auxnet train --set training.learning_rate=0.0012" in done.output
