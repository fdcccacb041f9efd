import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.compare import compare
from auxnet_cli.errors import InputError


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(compare)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_options_reach_the_library_and_the_comparison_comes_out(run, monkeypatch):
    document = {
        "dataset": {"name": "strips"}, "split": "val", "images": 3, "groups": 2, "differences": [],
        "runs": [{"name": "narrow", "figures": {}}],
    }  # fmt: skip
    calls = []
    monkeypatch.setattr(
        "auxnet_cli.runtime.compare.compare", lambda *given: calls.append(given) or document
    )
    result = run("a", "b", "c", "--data", "d", "--split", "val", "--out", "o", "--json")
    assert result.exit_code == 0
    assert calls == [([Path("a"), Path("b"), Path("c")], Path("d"), "val", Path("o"))]
    assert json.loads(result.stdout) == document
    assert "strips, split val: 3 images in 2 groups" in result.stderr
    assert f"Comparison: {Path('o') / 'comparison.html'}" in result.stderr


def test_wrong_input_is_one_sentence_and_exit_code_2(run, monkeypatch):
    def refuse(*_):
        raise InputError("The run a is named twice.")

    monkeypatch.setattr("auxnet_cli.runtime.compare.compare", refuse)
    result = run("a", "a")
    assert result.exit_code == 2
    assert result.stderr == "Error: The run a is named twice.\n"
    assert run().exit_code == 2
