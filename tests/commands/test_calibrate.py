import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.calibrate import calibrate
from auxnet_cli.documents.calibration import CalibrationResult
from auxnet_cli.errors import InputError

ANSWER = CalibrationResult(
    model="runs/a", rule="defective when told", temperature=None, calibration=None
)


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(calibrate)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["--catch", "0.99"], (0.99, None, False, False, False)),
        (["--catch", "0.99", "--unknown"], (0.99, None, False, False, True)),
        (["--false-alarms", "0.02", "--temperature"], (None, 0.02, True, False, False)),
        (["--reset"], (None, None, False, True, False)),
    ],
)
def test_options_reach_the_library(run, monkeypatch, words, given):
    calls = []
    monkeypatch.setattr(
        "auxnet_cli.jobs.calibrate.calibrate", lambda *all_: calls.append(all_) or ANSWER
    )
    result = run(*words, "--model", "m", "--data", "d", "--json")
    assert result.exit_code == 0
    *options, unknown = given
    assert calls == [(Path("m"), Path("d"), *options, "auto", "fp32", unknown)]
    assert json.loads(result.stdout) == ANSWER.document()
    assert "The verdict from now on: defective when told." in result.stderr


def test_a_promise_that_cannot_be_made_is_one_sentence_and_exit_code_2(run, monkeypatch):
    def refuse(*_):
        raise InputError("Too few images.")

    monkeypatch.setattr("auxnet_cli.jobs.calibrate.calibrate", refuse)
    result = run("--catch", "0.99")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: Too few images.\n"
