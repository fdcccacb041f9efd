import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.evaluate import evaluate
from auxnet_cli.errors import InputError

REPORT = {
    "model": {"initial_weights": "ImageNet"},
    "dataset": {"name": "strips"},
    "split": "val",
    "images": 3,
    "defective": 1,
    "good": 2,
    "classification": None,
    "segmentation": None,
    "detection": None,
    "screening": {"escape_rate": 0.0, "false_alarm_rate": 0.5, "threshold_rule": "a box"},
    "unreadable": [],
}


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(evaluate)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_options_reach_the_library_and_the_report_comes_out(run, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "auxnet_cli.runtime.evaluate.evaluate", lambda *given: calls.append(given) or REPORT
    )
    result = run("--model", "m", "--data", "d", "--split", "val", "--out", "o", "--json")
    assert result.exit_code == 0
    assert calls == [(Path("m"), Path("d"), "val", Path("o"))]
    assert json.loads(result.stdout) == REPORT
    assert "50.0 %" in result.stderr
    assert f"Report: {Path('o') / 'report.md'}" in result.stderr


def test_wrong_input_is_one_sentence_and_exit_code_2(run, monkeypatch):
    def refuse(*_):
        raise InputError("The split is empty.")

    monkeypatch.setattr("auxnet_cli.runtime.evaluate.evaluate", refuse)
    result = run()
    assert result.exit_code == 2
    assert result.stderr == "Error: The split is empty.\n"
    assert result.stdout == ""
