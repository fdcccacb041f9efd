import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.demo import demo

ANSWER = {
    "workspace": "w",
    "run": "runs/a",
    "report": {
        "classification": {"accuracy": 0.9},
        "segmentation": {"dice": 0.8},
        "detection": {"map50": None},
        "screening": {"escape_rate": 0.1, "false_alarm_rate": 0.2},
    },
    "benchmark": {
        "reduction": {"latency": 0.5},
        "networks": [{"latency_ms": {"median": 12.0}}],
    },
    "report_file": "w/report.md",
    "overlays": "w/overlays",
    "benchmark_file": "w/benchmark.json",
    "images": "w/images",
    "quick": True,
    "seconds": {"prepare": 1.0, "train": 2.0},
}


@pytest.fixture
def call(monkeypatch):
    calls = []

    def stand_in(out, quick, announce):
        calls.append((out, quick))
        announce("1/5 prepare")
        return ANSWER

    monkeypatch.setattr("auxnet_cli.jobs.demonstrate.demonstrate", stand_in)
    app = typer.Typer()
    app.command()(demo)
    return lambda *words: (CliRunner().invoke(app, list(words)), calls)


def test_the_report_is_named(call):
    done, calls = call()
    assert done.exit_code == 0, done.output
    assert calls == [(Path("auxnet-demo"), False)]
    for word in ("1/5 prepare", "w/report.md", "0.900", "50%", "auxnet prepare"):
        assert word in done.stdout


def test_json(call):
    done, calls = call("--quick", "--out", "w", "--json")
    assert calls == [(Path("w"), True)]
    assert json.loads(done.stdout) == ANSWER


@pytest.mark.slow
def test_the_whole_road(tmp_path):
    """As a user types it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "auxnet_cli", "demo", "--quick", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    for name in ("report_file", "benchmark_file", "overlays"):
        assert (tmp_path / answer[name]).exists()
    assert answer["report"]["images"] > 0
    assert list(answer["seconds"]) == ["prepare", "train", "evaluate", "predict", "benchmark"]
