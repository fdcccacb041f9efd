import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.jobs import demonstrate as demonstration


@pytest.fixture
def road(monkeypatch, trained, benchmarked, opened_once):
    """The demonstration with training and timing, its slow parts, taken from elsewhere."""
    run, _ = trained
    seen = {}

    def train(data, overrides):
        seen["train"] = (data, tuple(overrides))
        shutil.copytree(run, "runs/first")
        return SimpleNamespace(run="runs/first")

    def benchmark(model, runs, thorough):
        seen["benchmark"] = (model, runs, thorough)
        return benchmarked()

    monkeypatch.setattr("auxnet_cli.jobs.train.train", train)
    monkeypatch.setattr("auxnet_cli.jobs.benchmark.benchmark", benchmark)
    return seen


def test_a_quick_demonstration(road, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demonstration, "QUICK_IMAGES", 20)
    said = []
    answer = demonstration.demonstrate(Path("demo"), quick=True, announce=said.append)
    assert Path.cwd() == tmp_path
    assert [step.split(":")[0] for step in said] == [
        "1/5 prepare",
        "2/5 train",
        "3/5 evaluate",
        "4/5 predict",
        "5/5 benchmark",
    ]
    assert list(answer.seconds) == ["prepare", "train", "evaluate", "predict", "benchmark"]
    assert road["train"] == (Path("data/synthetic-strip"), demonstration.QUICK)
    assert road["benchmark"] == (Path("runs/first"), demonstration.QUICK_RUNS, False)
    report = Path(answer.report_file)
    assert report.is_file()
    assert json.loads((report.parent / "report.json").read_text()) == answer.report.document()
    drawn = list(Path(answer.overlays).iterdir())
    assert len(drawn) == answer.report.images > 0
    assert Path("demo", answer.images).is_dir()
    document = answer.document()
    assert list(document) == [
        *("workspace", "run", "report", "benchmark", "report_file", "overlays", "benchmark_file"),
        *("images", "quick", "seconds"),
    ]
    assert document["benchmark"] == answer.benchmark.document()
    assert json.loads(json.dumps(document["report"])) == answer.report.document()


def test_a_file_is_no_workspace():
    with pytest.raises(InputError, match="is a file"):
        demonstration.demonstrate(Path(__file__))
