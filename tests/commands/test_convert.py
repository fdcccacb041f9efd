import json

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.convert import convert


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(convert)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_what_was_written_and_what_was_lost(call, made):
    result = call(str(made.root), "--to", "severstal", "--out", "mine")
    assert result.exit_code == 0
    for words in ("split-not-written: 1", "16 images with", "written to mine", "mine/audit.md"):
        assert words in result.stdout


def test_json(call, made, tmp_path):
    result = call(str(made.root), "--to", "yolo", "--json")
    document = json.loads(result.stdout)
    assert (document["format"], document["out"], document["audit"]) == ("yolo", "strips-yolo", {})
    assert "audit.md" not in result.stderr
    assert (tmp_path / "strips-yolo/data.yaml").is_file()


def test_bad_calls_are_one_sentence_and_code_2(call, made):
    for words in ([str(made.root)], [str(made.root), "--to", "nonsense"], ["none", "--to", "voc"]):
        result = call(*words)
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr
