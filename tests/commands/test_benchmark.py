import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.benchmark import benchmark


@pytest.fixture
def calls(monkeypatch, benchmarked):
    calls = []

    def stand_in(**options):
        calls.append(options)
        return benchmarked()

    monkeypatch.setattr("auxnet_cli.jobs.benchmark.benchmark", stand_in)
    return calls


def invoke(*arguments):
    app = typer.Typer()
    app.command()(benchmark)
    return CliRunner().invoke(app, arguments)


def test_options_reach_the_library(calls, benchmarked):
    done = invoke(
        "--cpu", "--preset", "swift", "--threads", "1,2", "--batch", "1, 4", "--size", "128X800",
        "--runs", "9", "--engines", "openvino,onnx", "--precisions", "fp32,bf16", "--against",
        "a.onnx", "--against", "b.onnx", "--beside", "severstal", "--out", "b.json", "--json",
        "--tasks", "cls,det", "--networks", "unet, ssd300",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [
        {
            "model": None,
            "preset": "swift",
            "engines": ["openvino", "onnx"],
            "precisions": ["fp32", "bf16"],
            "threads": [1, 2],
            "batches": [1, 4],
            "size": (128, 800),
            "runs": 9,
            "against": [Path("a.onnx"), Path("b.onnx")],
            "beside": "severstal",
            "tasks": ("cls", "det"),
            "networks": ["unet", "ssd300"],
            "out": Path("b.json"),
        }
    ]
    assert json.loads(done.stdout) == benchmarked().document()


def test_cpu_is_the_default(calls):
    assert invoke().exit_code == invoke("--cpu").exit_code == 0
    assert calls[0] == calls[1]
    defaults = {
        "size": None, "engines": None, "precisions": ["fp32"], "threads": [1], "batches": [1],
    }  # fmt: skip
    assert calls[0].items() >= defaults.items()
    assert "One pass, times faster than" in invoke().stdout


@pytest.mark.parametrize("option", ["threads", "batch"])
def test_numbers_that_are_none(calls, option):
    done = invoke(f"--{option}", "1,x")
    assert done.exit_code == 2
    assert f"--{option} 1,x: give whole numbers" in done.stderr
    assert not calls


@pytest.mark.parametrize("size", ["128", "128x", "axb", "128x800x3", "-1x5"])
def test_wrong_size(calls, size):
    done = invoke(f"--size={size}")
    assert done.exit_code == 2
    assert "HEIGHTxWIDTH" in done.stderr
    assert not calls
