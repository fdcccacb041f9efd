import json
from pathlib import Path

import pytest

from auxnet_cli.benchmarking.external_model import ExternalModel
from auxnet_cli.benchmarking.making import NetworkCost
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.benchmarking.worker_job import CallSeconds, Results
from auxnet_cli.documents.benchmark import Condition, PeakSpeed, Throughput
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.jobs import benchmark as module
from auxnet_cli.jobs.benchmark import benchmark, benchmark_file
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.system.files import write_yaml


class Workers:
    """Does jobs by making up what they measure."""

    def __init__(self):
        self.jobs, self.first_results = [], []

    def __call__(self, job, on_round=lambda: None):
        self.jobs.append(job)
        on_round()
        if job.kind == "make":
            return Results(costs=[NetworkCost(parameters=30, gflop=1.5) for _ in self.plans(job)])
        if job.kind == "memory":
            return Results(peak_rss_mb=900.5)
        pairs = [(subject, variant) for subject in job.subjects for variant in subject.variants]
        if job.kind == "throughput":
            return Results(
                throughput=[
                    Throughput(**dict(variant), images_per_second=9, way="2 threads")
                    for _, variant in pairs
                ]
            )
        return Results(
            calls=[
                CallSeconds(
                    subject=subject.index,
                    condition=Condition(**dict(variant), threads=job.threads, batch=batch),
                    seconds=[0.1] * job.runs,
                )
                for subject, variant in pairs
                for batch in job.batches
            ],
            peaks=[PeakSpeed(threads=job.threads, precision="fp32", gflops=100)],
        )

    @staticmethod
    def plans(job):
        models = [subject.model for subject in job.subjects]
        return [model for model in models if isinstance(model, NetworkPlan)]

    def of(self, kind):
        return [job for job in self.jobs if job.kind == kind]


@pytest.fixture
def workers(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    workers = Workers()
    monkeypatch.setattr(module, "call_worker", workers)
    monkeypatch.setattr(
        module, "first_result", lambda *call: workers.first_results.append(call) or 1.5
    )
    return workers


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    (folder / "model.keras").touch()
    write_yaml(folder / "config.yaml", {"model": {"encoder": "resnet18", "pyramid_width": 64}})
    ModelCard(
        tool_version="0", name="first", classes=("pit", "crack"), label_kind="exclusive",
        tasks=("cls", "seg"), size=(96, 160), anchors=AnchorSettings(),
        decision=DecisionSettings(), parameters=1, initial_weights="none",
        dataset={"name": "x", "fingerprint": "y"}, sha256="ab" * 32,
    ).write(folder / "model.json")  # fmt: skip
    (tmp_path / "runs" / "latest").write_text("first\n")
    return folder


def test_by_default_the_papers_engine_and_ours_one_thread_one_image(workers):
    result = benchmark(runs=7)
    (make,), (time,) = workers.of("make"), workers.of("time")
    for subject in time.subjects:
        assert [variant.label for variant in subject.variants] == [
            "tensorflow fp32", "openvino fp32",
        ]  # fmt: skip
    assert (time.size, time.batches, time.threads, time.runs) == ((128, 800), (1,), 1, 7)
    assert len(time.subjects) == 4
    assert make.run
    assert result.first_result_s == 1.5
    assert result.throughput[1].engine == "openvino"
    assert json.loads(Path("benchmark.json").read_text()) == result.document()
    for report in ("benchmark.html", "benchmark.md"):
        assert "Defect-Aux-Net" in Path(report).read_text(encoding="utf-8")


def test_a_worker_for_each_number_of_threads_and_for_each_memory(workers):
    result = benchmark(threads=(1, 2, 1), batches=(1, 8), size=(64, 96), engines=["openvino"])
    assert [job.threads for job in workers.of("time")] == [1, 2]
    assert {job.batches for job in workers.of("time")} == {(1, 8)}
    assert [
        ([subject.index for subject in job.subjects], job.batches) for job in workers.of("memory")
    ] == [([index], (1,)) for index in range(4)]
    assert {network.peak_rss_mb for network in result.networks} == {900.5}
    (throughput,) = workers.of("throughput")
    assert throughput.subjects == workers.of("time")[0].subjects[:1]


def test_without_all_that_takes_long(workers):
    result = benchmark(thorough=False)
    assert [job.kind for job in workers.jobs] == ["make", "time"]
    assert not workers.of("make")[0].run
    assert {network.peak_rss_mb for network in result.networks} == {None}
    assert (result.throughput, result.first_result_s, workers.first_results) == ([], None, [])


def test_the_latest_run(workers, run):
    result = benchmark(runs=2)
    (make,) = workers.of("make")
    ours, *singles = workers.plans(make)
    assert (ours.classes, ours.label_kind, ours.tasks) == (2, "exclusive", ("cls", "seg"))
    assert ours.settings.pyramid_width == 64
    assert [plan.name for plan in singles] == ["ResNet-18", "ResNet-18 FPN"]
    assert (result.input.height, result.input.width) == (96, 160)
    assert not make.run
    assert workers.first_results == [(run.relative_to(Path.cwd()), (96, 160))]
    assert (run / "benchmark.json").is_file()
    assert not Path("benchmark.json").exists()


def test_a_preset_goes_before_the_latest_run(workers, run):
    assert benchmark(preset="swift").input.height == 256
    assert not (run / "benchmark.json").exists()


def test_on_another_back_end_keras_runs_alone(workers, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    result = benchmark()
    assert {network.engine for network in result.networks} == {"keras"}
    assert not workers.of("make")[0].run
    assert result.first_result_s is None


def test_another_preset_beside_the_run(workers, run):
    result = benchmark(beside="severstal")
    plans = workers.plans(*workers.of("time"))
    assert [(plan.family, plan.name) for plan in plans] == [
        ("first", "Defect-Aux-Net"),
        ("first", "ResNet-18"),
        ("first", "ResNet-18 FPN"),
        ("severstal", "Defect-Aux-Net"),
        ("severstal", "ResNet-50"),
        ("severstal", "ResNet-50 FPN"),
    ]
    assert {(plan.classes, plan.label_kind) for plan in plans} == {(2, "exclusive")}
    assert (result.reduction.parameters, result.reduction.latency) == (0.5, 0.5)
    assert len(result.networks) == 12


def test_external_models_run_in_the_engines_that_can(workers, monkeypatch):
    def read(path, size):
        return ExternalModel(
            name=path.name, path=path, shape=(1, 3, *size), dtype="uint8", channels_first=True,
            any_batch=True, own_size=False, parameters=1, gflop=1,
        )  # fmt: skip

    monkeypatch.setattr(module, "read_external", read)
    result = benchmark(against=[Path("a/yolo.onnx")])
    (model,) = result.against
    assert (model.name, model.label, model.peak_rss_mb) == ("yolo.onnx", "openvino fp32", 900.5)


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
        ({"threads": (1, 0)}, "`threads` 0"),
        ({"threads": ()}, "`threads` names no number"),
        ({"batches": (-1,)}, "`batches` -1"),
        ({"runs": 0}, "`runs` 0"),
        ({"size": (16, 800)}, "16x800 is too small"),
        ({"engines": ["tensorflo"]}, "Did you mean 'tensorflow'"),
        ({"preset": "seversta"}, "Did you mean 'severstal'"),
        ({"beside": "severstal"}, "is what is timed already"),
        ({"beside": "swif"}, "Did you mean 'swift'"),
        ({"against": [Path("absent.onnx")]}, "absent.onnx: there is no such file"),
        ({"out": Path("report.html")}, "`out` report.html"),
        ({"out": Path(__file__) / "times.json"}, "is a file"),
    ],
)
def test_wrong_calls(workers, arguments, says):
    with pytest.raises(InputError, match=says):
        benchmark(**arguments)
    assert not workers.jobs


@pytest.mark.slow
def test_for_real(tmp_path, monkeypatch):
    """Small networks in real processes."""
    monkeypatch.chdir(tmp_path)
    result = benchmark(preset="swift", size=(64, 64), runs=5, threads=(1, 2))
    assert 0.5 < result.reduction.parameters < 0.8
    assert result.first_result_s > 0
    for network in result.networks:
        assert 0 < network.latency_ms.p5 <= network.latency_ms.p95
        assert network.peak_rss_mb > 100
        assert network.gflop > 0.1
    assert all(speed.images_per_second > 0 for speed in result.throughput)
