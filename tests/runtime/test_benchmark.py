import json
from pathlib import Path

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.files import write_yaml
from auxnet_cli.runtime import benchmark as module
from auxnet_cli.runtime.benchmark import benchmark, benchmark_file
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.settings import AnchorSettings, DecisionSettings

# By the end of the name; the plain encoder comes last, since every name ends like that.
SECONDS = {"Defect-Aux-Net": 0.2, " FPN": 0.15, " RetinaNet": 0.2, "": 0.05}


class Workers:
    """Answers jobs with figures that depend on the network's name."""

    def __init__(self):
        self.jobs = []

    def __call__(self, job, on_round=lambda: None):
        self.jobs.append(job)
        results = []
        for plan in job.networks:
            own = next(end for end in SECONDS if plan.name.endswith(end))
            figures = (
                {"seconds": [SECONDS[own]] * job.runs}
                if job.kind == "time"
                else {"peak_rss_mb": 900.5}
            )
            results.append(
                {
                    "engine": "tensorflow",
                    "precision": "fp32",
                    "parameters": 36 if own == "Defect-Aux-Net" else 30,
                    "gflop": 1.5,
                    **figures,
                }
            )
        return results


@pytest.fixture
def workers(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    workers = Workers()
    monkeypatch.setattr(module, "call_worker", workers)
    return workers


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    (folder / "model.keras").touch()
    write_yaml(folder / "config.yaml", {"model": {"encoder": "resnet18", "pyramid_width": 64}})
    ModelCard(
        tool_version="0",
        name="first",
        classes=("pit", "crack"),
        label_kind="exclusive",
        tasks=("cls", "seg"),
        size=(96, 160),
        anchors=AnchorSettings(),
        decision=DecisionSettings(),
        parameters=1,
        initial_weights="none",
        dataset={"name": "x", "fingerprint": "y"},
        sha256="ab" * 32,
    ).write(folder / "model.json")
    (tmp_path / "runs" / "latest").write_text("first\n")
    return folder


def test_the_document_is_as_the_contract_says(workers):
    document = benchmark(preset="severstal", runs=7, threads=2)
    assert list(document) == [
        "cpu", "threads", "input", "call_style", "networks", "reduction", "paper",
    ]  # fmt: skip
    assert list(document["cpu"]) == ["model", "cores", "flags"]
    assert document["threads"] == 2
    assert document["input"] == {"height": 128, "width": 800}
    assert document["call_style"] == "tf.function, batch 1"
    for network in document["networks"]:
        assert list(network) == [
            "name", "tasks", "engine", "precision", "parameters", "gflop", "latency_ms", "runs",
            "peak_rss_mb",
        ]  # fmt: skip
        assert list(network["latency_ms"]) == ["median", "p5", "p95"]
        assert network["runs"] == 7
        assert network["peak_rss_mb"] == 900.5
    assert [(network["name"], network["tasks"]) for network in document["networks"]] == [
        ("Defect-Aux-Net", ["cls", "seg", "det"]),
        ("ResNet-50", ["cls"]),
        ("ResNet-50 FPN", ["seg"]),
        ("ResNet-50 RetinaNet", ["det"]),
    ]
    assert document["reduction"] == {"parameters": 0.6, "latency": 0.5}
    assert document["paper"] == {"parameters": 0.571, "latency": 0.455}
    assert json.loads(Path("benchmark.json").read_text()) == document


def test_one_job_times_all_and_one_each_tells_memory(workers):
    benchmark(size=(64, 96), batch=3, threads=2, runs=5)
    timing, *memory = workers.jobs
    assert timing.kind == "time"
    assert (timing.size, timing.batch, timing.threads, timing.runs) == ((64, 96), 3, 2, 5)
    assert {job.kind for job in memory} == {"memory"}
    assert {job.networks for job in memory} == {(plan,) for plan in timing.networks}


def test_singles_have_no_attention_and_all_else_alike(workers):
    benchmark(memory=False)
    (job,) = workers.jobs
    ours, *singles = job.networks
    assert ours.settings.attention == "se+spatial"
    for plan in singles:
        assert plan.settings == ours.settings.model_copy(update={"attention": "none"})
        assert (plan.classes, plan.label_kind) == (4, "multi-label")


def test_without_memory_there_is_none(workers):
    document = benchmark(memory=False)
    assert [network["peak_rss_mb"] for network in document["networks"]] == [None] * 4


def test_the_latest_run(workers, run):
    document = benchmark(runs=2)
    ours, *singles = workers.jobs[0].networks
    assert (ours.classes, ours.label_kind, ours.tasks) == (2, "exclusive", ("cls", "seg"))
    assert ours.settings.pyramid_width == 64
    assert [plan.name for plan in singles] == ["ResNet-18", "ResNet-18 FPN"]
    assert document["input"] == {"height": 96, "width": 160}
    assert (run / "benchmark.json").is_file()
    assert not Path("benchmark.json").exists()


def test_a_preset_goes_before_the_latest_run(workers, run):
    assert benchmark(preset="swift")["input"] == {"height": 192, "width": 192}
    assert not (run / "benchmark.json").exists()


@pytest.mark.parametrize(
    ("out", "file"),
    [
        (None, "run/benchmark.json"),
        ("new/folder", "new/folder/benchmark.json"),
        ("there.d", "there.d/benchmark.json"),
        ("mine.json", "mine.json"),
    ],
)
def test_benchmark_file(tmp_path, monkeypatch, out, file):
    monkeypatch.chdir(tmp_path)
    Path("there.d").mkdir()
    assert benchmark_file(Path("run"), out and Path(out)) == Path(file)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"threads": 0}, "--threads 0"),
        ({"batch": -1}, "--batch -1"),
        ({"runs": 0}, "--runs 0"),
        ({"size": (16, 800)}, "16x800 is too small"),
        ({"engine": "tensorflo"}, "Did you mean 'tensorflow'"),
        ({"preset": "seversta"}, "Did you mean 'severstal'"),
        ({"model": Path("absent")}, "no run absent"),
        ({"model": Path("a"), "preset": "swift"}, "exclude each other"),
    ],
)
def test_wrong_calls(workers, arguments, says):
    with pytest.raises(InputError, match=says):
        benchmark(**arguments)
    assert not workers.jobs


@pytest.mark.slow
def test_for_real(tmp_path, monkeypatch):
    """Small networks in real processes: five start-ups of TensorFlow."""
    monkeypatch.chdir(tmp_path)
    document = benchmark(preset="swift", size=(64, 64), runs=3)
    ours, *singles = document["networks"]
    assert ours["parameters"] < sum(single["parameters"] for single in singles)
    assert 0.5 < document["reduction"]["parameters"] < 0.8
    for network in document["networks"]:
        assert 0 < network["latency_ms"]["p5"] <= network["latency_ms"]["p95"]
        assert network["peak_rss_mb"] > 100
        assert network["gflop"] > 0.1
