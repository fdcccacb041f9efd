import json

import pytest
import typer
import yaml
from typer.testing import CliRunner

from auxnet_cli.commands.config import config
from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.loader import load_settings


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    app = typer.Typer()
    app.command()(config)
    return lambda *words: CliRunner().invoke(app, list(words))


def rows(text):
    """The table's rows as name -> (value, unit, help)."""
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]
    return {row[0]: row[1:] for row in cells if len(row) == 4}


def test_every_setting_with_value_unit_and_help(call):
    done = call("--preset", "demo")
    assert done.exit_code == 0
    assert "Settings of the preset demo" in done.stdout
    found = rows(done.stdout)
    for name, _, unit, text in walk(Settings()):
        assert found[name][1] == unit
        assert found[name][2].startswith(text)
    assert found["data.size"][0] == "[96, 288]"
    assert found["data.size"][2].endswith("(default [128, 800])")
    assert "default" not in found["seed"][2]


def test_overrides_and_the_workspaces_own_settings_show(call, tmp_path):
    (tmp_path / "auxnet.yaml").write_text("training:\n  epochs: 77\n")
    found = rows(call("--set", "training.learning_rate=1e-4").stdout)
    assert found["training.epochs"][0] == "77"
    assert found["training.learning_rate"][0] == "0.0001"


def test_json(call):
    done = call("--preset", "swift", "--json")
    assert json.loads(done.stdout) == load_settings("swift").model_dump(mode="json")


def test_a_run(call, tmp_path):
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"seed": 42}))
    done = call("--run", ".")
    assert "Settings of ." in done.stdout
    assert rows(done.stdout)["seed"][0] == "42"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--preset", "dmeo"], "Did you mean 'demo'"),
        (["--set", "sed=1"], "Did you mean 'seed'"),
        (["--run", "absent"], "no settings file"),
    ],
)
def test_wrong_calls(call, words, says):
    done = call(*words)
    assert done.exit_code == 2
    assert says in done.stderr
