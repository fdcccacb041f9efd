import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.compare import compare
from auxnet_cli.documents.comparison import Comparison
from auxnet_cli.errors import InputError


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(compare)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_options_reach_the_library_and_the_comparison_comes_out(run, monkeypatch):
    data = {"name": "strips", "fingerprint": "f"}
    narrow = {
        "sha256": "ab", "tasks": ["cls"], "parameters": 1, "dataset": data, "name": "narrow",
        "threshold_rule": "x", "figures": {}, "ci95": {},
    }  # fmt: skip
    document = {
        "schema": "auxnet/comparison/1", "tool_version": "0", "split": "val", "images": 3,
        "dataset": {**data, "groups_lost": False}, "cost_escape": 9.0, "cost_false_alarm": 1.0,
        "groups": 2, "replicates": 1, "seed": 0, "runs": [narrow], "differences": [],
        "unreadable": [],
    }  # fmt: skip
    calls = []
    monkeypatch.setattr(
        "auxnet_cli.jobs.compare.compare",
        lambda *given, **costs: (
            calls.append((*given, costs)) or Comparison.model_validate(document)
        ),
    )
    result = run(
        "a", "b", "c", "--data", "d", "--split", "val", "--out", "o", "--json", "--cost-escape", "9"
    )
    assert result.exit_code == 0
    costs = {"cost_escape": 9.0, "cost_false_alarm": 1.0, "engine": "auto", "precision": "fp32"}
    assert calls == [([Path("a"), Path("b"), Path("c")], Path("d"), "val", Path("o"), costs)]
    assert json.loads(result.stdout) == document
    assert "strips, split val: 3 images in 2 groups" in result.stderr
    assert f"Comparison: {Path('o') / 'comparison.html'}" in result.stderr


def test_wrong_input_is_one_sentence_and_exit_code_2(run, monkeypatch):
    def refuse(*_, **__):
        raise InputError("The run a is named twice.")

    monkeypatch.setattr("auxnet_cli.jobs.compare.compare", refuse)
    result = run("a", "a")
    assert result.exit_code == 2
    assert result.stderr == "Error: The run a is named twice.\n"
    assert run().exit_code == 2
