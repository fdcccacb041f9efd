import json
from pathlib import Path

import pytest

from auxnet_cli.benchmarking.external_model import Against
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.jobs import benchmark as module
from auxnet_cli.jobs.benchmark import benchmark, benchmark_file
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.system.files import write_yaml


class Workers:
    """Answers jobs with made-up figures."""

    def __init__(self):
        self.jobs = []

    def __call__(self, job, on_round=lambda: None):
        self.jobs.append(job)
        on_round()
        return {
            "make": lambda: [{"parameters": 30, "gflop": 1.5} for _ in job.networks],
            "time": lambda: self.time(job),
            "memory": lambda: [{"peak_rss_mb": 900.5}],
            "throughput": lambda: [
                {**one.model_dump(), "images_per_second": 9.0, "way": "2 threads"}
                for one in job.variants
            ],
        }[job.kind]()

    def time(self, job):
        ours = [(index, way) for index in range(len(job.networks)) for way in job.variants]
        theirs = [
            (len(job.networks) + index, way)
            for index in range(len(job.against))
            for way in job.against_variants
        ]
        return [
            {"subject": index, **way.model_dump(), "batch": batch, "seconds": [0.1] * job.runs}
            for index, way in (*ours, *theirs)
            for batch in job.batches
        ] + [{"peak": "fp32", "operations": 10**9, "seconds": [0.01]}]

    def of(self, kind):
        return [job for job in self.jobs if job.kind == kind]


@pytest.fixture
def workers(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    workers = Workers()
    workers.first = []
    monkeypatch.setattr(module, "call_worker", workers)
    monkeypatch.setattr(module, "first_result", lambda *own: workers.first.append(own) or 1.5)
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


def test_by_default_the_papers_engine_and_ours_one_thread_one_image(workers):
    document = benchmark(runs=7)
    (make,), (time,) = workers.of("make"), workers.of("time")
    assert [str(one) for one in time.variants] == ["tensorflow fp32", "openvino fp32"]
    assert (time.size, time.batches, time.threads, time.runs) == ((128, 800), (1,), 1, 7)
    assert len(time.networks) == 4
    assert make.run
    assert document["first_result_s"] == 1.5
    assert document["throughput"][1]["engine"] == "openvino"
    assert json.loads(Path("benchmark.json").read_text()) == document
    assert "Defect-Aux-Net" in Path("benchmark.html").read_text(encoding="utf-8")
    assert "Defect-Aux-Net" in Path("benchmark.md").read_text(encoding="utf-8")


def test_a_worker_for_each_number_of_threads_and_a_process_each_for_memory(workers):
    document = benchmark(threads=(1, 2, 1), batches=(1, 8), size=(64, 96), engines=["openvino"])
    assert [job.threads for job in workers.of("time")] == [1, 2]
    assert {job.batches for job in workers.of("time")} == {(1, 8)}
    memory = workers.of("memory")
    assert [(job.first, len(job.networks), job.batches) for job in memory] == [
        (index, 1, (1,)) for index in range(4)
    ]
    assert {network["peak_rss_mb"] for network in document["networks"]} == {900.5}
    (throughput,) = workers.of("throughput")
    assert throughput.networks == workers.of("time")[0].networks[:1]


def test_without_all_that_takes_long(workers):
    document = benchmark(thorough=False)
    assert [job.kind for job in workers.jobs] == ["make", "time"]
    assert not workers.of("make")[0].run
    assert {network["peak_rss_mb"] for network in document["networks"]} == {None}
    assert (document["throughput"], document["first_result_s"]) == ([], None)
    assert not workers.first


def test_the_latest_run(workers, run):
    document = benchmark(runs=2)
    (make,) = workers.of("make")
    ours, *singles = make.networks
    assert (ours.classes, ours.label_kind, ours.tasks) == (2, "exclusive", ("cls", "seg"))
    assert ours.settings.pyramid_width == 64
    assert [plan.name for plan in singles] == ["ResNet-18", "ResNet-18 FPN"]
    assert document["input"] == {"height": 96, "width": 160}
    assert not make.run
    assert workers.first == [(run.relative_to(Path.cwd()), (96, 160))]
    assert (run / "benchmark.json").is_file()
    assert not Path("benchmark.json").exists()


def test_a_preset_goes_before_the_latest_run(workers, run):
    assert benchmark(preset="swift")["input"] == {"height": 192, "width": 192}
    assert not (run / "benchmark.json").exists()


def test_another_back_end_runs_keras_alone(workers, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    document = benchmark()
    assert {network["engine"] for network in document["networks"]} == {"keras"}
    assert not workers.of("make")[0].run
    assert document["first_result_s"] is None


def test_another_preset_beside_the_run(workers, run):
    document = benchmark(beside="severstal")
    (time,) = workers.of("time")
    assert [(plan.family, plan.name) for plan in time.networks] == [
        ("first", "Defect-Aux-Net"),
        ("first", "ResNet-18"),
        ("first", "ResNet-18 FPN"),
        ("severstal", "Defect-Aux-Net"),
        ("severstal", "ResNet-50"),
        ("severstal", "ResNet-50 FPN"),
    ]
    assert {(plan.classes, plan.label_kind) for plan in time.networks} == {(2, "exclusive")}
    assert document["reduction"] == {"parameters": 0.5, "latency": 0.5}
    assert len(document["networks"]) == 12


@pytest.fixture
def other(monkeypatch):
    def read(path, size):
        return Against(
            name=path.name, path=path, shape=(1, 3, *size), kind="uint8", channels_first=True,
            any_batch=True, own_size=False, parameters=1, gflop=1.0,
        )  # fmt: skip

    monkeypatch.setattr(module, "read_against", read)


@pytest.mark.parametrize(
    ("engines", "runs_in"),
    [(None, ["openvino fp32"]), (["keras"], ["openvino fp32"])],
)
def test_others_models_run_in_what_can_run_them(workers, other, engines, runs_in):
    document = benchmark(against=[Path("a/yolo.onnx")], engines=engines)
    (time,) = workers.of("time")
    assert [str(one) for one in time.against_variants] == runs_in
    assert [one["name"] for one in document["against"]] == ["yolo.onnx"]
    assert document["against"][0]["peak_rss_mb"] == 900.5


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
        ({"threads": (1, 0)}, "--threads 0"),
        ({"threads": ()}, "--threads names no number"),
        ({"batches": (-1,)}, "--batch -1"),
        ({"runs": 0}, "--runs 0"),
        ({"size": (16, 800)}, "16x800 is too small"),
        ({"engines": ["tensorflo"]}, "Did you mean 'tensorflow'"),
        ({"preset": "seversta"}, "Did you mean 'severstal'"),
        ({"beside": "severstal"}, "is what is timed already"),
        ({"beside": "swif"}, "Did you mean 'swift'"),
        ({"against": [Path("absent.onnx")]}, "absent.onnx: there is no such file"),
        ({"out": Path("report.html")}, "--out report.html"),
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
    document = benchmark(preset="swift", size=(64, 64), runs=5, threads=(1, 2))
    assert 0.5 < document["reduction"]["parameters"] < 0.8
    assert document["first_result_s"] > 0
    for network in document["networks"]:
        assert 0 < network["latency_ms"]["p5"] <= network["latency_ms"]["p95"]
        assert network["peak_rss_mb"] > 100
        assert network["gflop"] > 0.1
    for one in document["throughput"]:
        assert one["images_per_second"] > 0
