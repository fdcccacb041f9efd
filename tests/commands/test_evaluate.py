import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.evaluate import evaluate
from auxnet_cli.documents.report import Report
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence
from auxnet_cli.scoring.scores import full_score


def image(number, defective, stopped):
    """The evidence of an image that was only classified."""
    label, score = np.array([defective]), np.array([0.9 if stopped else 0.1])
    truth = np.zeros((int(defective), 5))
    return Evidence(number, number, label, stopped, score, {}, None, None, truth, ())


IMAGES = [image("a", True, True), image("b", False, True), image("c", False, False)]
DATA = {"name": "strips", "fingerprint": "f"}
REPORT = Report(
    schema="auxnet/report/1",
    tool_version="0",
    model={
        "sha256": "", "tasks": ["cls"], "parameters": 1, "initial_weights": "ImageNet",
        "dataset": DATA, "engine": "keras", "precision": "fp32",
    },
    dataset={**DATA, "groups_lost": False},
    label_kind="multi-label",
    split="val",
    unreadable=[],
    **full_score(EvaluatedSplit(IMAGES, ("pit",), ("cls",)), 20),
)  # fmt: skip


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(evaluate)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_options_reach_the_library_and_the_report_comes_out(run, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "auxnet_cli.jobs.evaluate.evaluate",
        lambda *given, **named: calls.append((given, named)) or REPORT,
    )
    named = (
        "--cost-escape",
        "50",
        "--cost-false-alarm",
        "2",
        "--mm-per-pixel",
        "0.1",
        "--tasks",
        "det,cls",
    )
    result = run("--model", "m", "--data", "d", "--split", "val", "--out", "o", "--json", *named)
    assert result.exit_code == 0
    numbers = {
        "cost_escape": 50,
        "cost_false_alarm": 2,
        "mm_per_pixel": 0.1,
        "engine": "auto",
        "precision": "fp32",
        "mirrored": False,
        "tasks": ("cls", "det"),
    }
    assert calls == [((Path("m"), Path("d"), "val", Path("o")), numbers)]
    assert json.loads(result.stdout) == REPORT.document()
    assert "50.0 %" in result.stderr
    assert f"Report: {Path('o') / 'report.html'}" in result.stderr


def test_wrong_input_is_one_sentence_and_exit_code_2(run, monkeypatch):
    def refuse(*_, **__):
        raise InputError("The split is empty.")

    monkeypatch.setattr("auxnet_cli.jobs.evaluate.evaluate", refuse)
    result = run()
    assert result.exit_code == 2
    assert result.stderr == "Error: The split is empty.\n"
    assert result.stdout == ""
