import json

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.benchmark import benchmark


def network(name, tasks):
    return {
        "name": name,
        "tasks": tasks,
        "engine": "tensorflow",
        "precision": "fp32",
        "parameters": 10,
        "gflop": 1.0,
        "latency_ms": {"median": 1.0, "p5": 1.0, "p95": 1.0},
        "runs": 1,
        "peak_rss_mb": None,
    }


DOCUMENT = {
    "cpu": {"model": "Example", "cores": 1, "flags": []},
    "threads": 1,
    "input": {"height": 64, "width": 64},
    "call_style": "tf.function, batch 1",
    "networks": [network("Defect-Aux-Net", ["cls"]), network("ResNet-18", ["cls"])],
    "reduction": {"parameters": 0.0, "latency": 0.0},
    "paper": {"parameters": 0.571, "latency": 0.455},
}


@pytest.fixture
def calls(monkeypatch):
    calls = []

    def stand_in(**options):
        calls.append(options)
        return DOCUMENT

    monkeypatch.setattr("auxnet_cli.runtime.benchmark.benchmark", stand_in)
    return calls


def invoke(*arguments):
    app = typer.Typer()
    app.command()(benchmark)
    return CliRunner().invoke(app, arguments)


def test_options_reach_the_library(calls):
    done = invoke(
        "--cpu", "--preset", "swift", "--threads", "2", "--batch", "4", "--size", "128X800",
        "--runs", "9", "--out", "b.json", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (options,) = calls
    assert options["size"] == (128, 800)
    assert (options["preset"], options["model"], str(options["out"])) == ("swift", None, "b.json")
    assert (options["threads"], options["batch"], options["runs"]) == (2, 4, 9)
    assert json.loads(done.stdout) == DOCUMENT


def test_cpu_is_the_default(calls):
    assert invoke().exit_code == invoke("--cpu").exit_code == 0
    assert calls[0] == calls[1]
    assert calls[0]["size"] is None


@pytest.mark.parametrize("size", ["128", "128x", "axb", "128x800x3", "-1x5"])
def test_wrong_size(calls, size):
    done = invoke(f"--size={size}")
    assert done.exit_code == 2
    assert "HEIGHTxWIDTH" in done.stderr
    assert not calls
