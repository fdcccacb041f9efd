"""Runs all steps on synthetic data: prepare, train, evaluate, predict, benchmark."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from auxnet_cli.documents.demonstration import Demonstration
from auxnet_cli.system.paths import StrPath, as_path

IMAGES, QUICK_IMAGES = 400, 60
QUICK = ("training.epochs=2", "training.validate_every=2", "data.size=[64, 192]")
BENCHMARK_RUNS, QUICK_RUNS = 20, 3


def demonstrate(
    out: StrPath, quick: bool = False, announce: Callable[[str], object] = lambda _: None
) -> Demonstration:
    """Runs all steps in a workspace.

    Args:
        out: folder of the workspace; it may exist.
        quick: few images and two epochs, to see that everything works; the scores mean nothing.
        announce: called with the name of each step when it begins.
    """
    from auxnet_cli.data.dataset import Dataset
    from auxnet_cli.jobs.benchmark import benchmark
    from auxnet_cli.jobs.evaluate import evaluate, report_folder
    from auxnet_cli.jobs.predict import predict
    from auxnet_cli.jobs.prepare import prepare
    from auxnet_cli.jobs.train import train
    from auxnet_cli.system.files import check_folder

    out = as_path(out)
    check_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(name: str, what: str) -> Iterator[None]:
        announce(f"{len(seconds) + 1}/5 {name}: {what}")
        started = time.perf_counter()
        yield
        seconds[name] = round(time.perf_counter() - started, 1)

    with contextlib.chdir(out):
        with step("prepare", "draw images of rolled strip, with exact masks"):
            made = prepare("synthetic", images=QUICK_IMAGES if quick else IMAGES)
        data = Path(made.out)
        with step("train", "one network for classes, masks and boxes"):
            run = Path(train(data=data, overrides=QUICK if quick else ()).run)
        with step("evaluate", "score it on images it has not seen"):
            report = evaluate(run, data)
        with step("predict", "draw what it finds"):
            photos = [record.path for record in Dataset.open(data).split("test")]
            predicted = predict(photos, model=run)
        with step("benchmark", "time it beside three single-task networks"):
            # Peak memory and the first result would take another minute, mostly of starting Python.
            rounds = QUICK_RUNS if quick else BENCHMARK_RUNS
            times = benchmark(model=run, runs=rounds, thorough=False)
        report_file = report_folder(run, "test", None) / "report.html"
    return Demonstration(
        workspace=str(out),
        run=str(run),
        report=report,
        benchmark=times,
        report_file=str(out / report_file),
        overlays=str(out / predicted.out / "overlays"),
        benchmark_file=str(out / run / "benchmark.json"),
        images=str(data / "images"),
        quick=quick,
        seconds=seconds,
    )
