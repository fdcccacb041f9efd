import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.demo import demo
from auxnet_cli.documents.demonstration import Demonstration
from auxnet_cli.documents.report import Report
from auxnet_cli.documents.scores import (
    ClassificationScores,
    DetectionScores,
    ScreeningScores,
    SegmentationScores,
)


@pytest.fixture
def answer(benchmarked):
    """What the job answers; of the report, the scores that are shown."""
    report = Report.model_construct(
        classification=ClassificationScores.model_construct(accuracy=0.9),
        segmentation=SegmentationScores.model_construct(dice=0.8),
        detection=DetectionScores.model_construct(map50=None),
        screening=ScreeningScores.model_construct(escape_rate=0.1, false_alarm_rate=0.2),
    )
    return Demonstration(
        workspace="w",
        run="runs/a",
        report=report,
        benchmark=benchmarked(),
        report_file="w/report.md",
        overlays="w/overlays",
        benchmark_file="w/benchmark.json",
        images="w/images",
        quick=True,
        seconds={"prepare": 1.0, "train": 2.0},
    )


@pytest.fixture
def call(monkeypatch, answer):
    calls = []

    def stand_in(out, quick, announce):
        calls.append((out, quick))
        announce("1/5 prepare")
        return answer

    monkeypatch.setattr("auxnet_cli.jobs.demonstrate.demonstrate", stand_in)
    app = typer.Typer()
    app.command()(demo)
    return lambda *words: (CliRunner().invoke(app, list(words)), calls)


def test_the_report_is_named(call, answer):
    done, calls = call()
    assert done.exit_code == 0, done.output
    assert calls == [(Path("auxnet-demo"), False)]
    saved = f"{answer.benchmark.reduction.latency:.0%} less time"
    for word in ("1/5 prepare", "w/report.md", "0.900", saved, "auxnet prepare"):
        assert word in done.stdout


def test_json(call, answer):
    done, calls = call("--quick", "--out", "w", "--json")
    assert calls == [(Path("w"), True)]
    assert json.loads(done.stdout) == json.loads(json.dumps(answer.document()))


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
