"""What `auxnet predict` makes of the bare engine's speed, on one core, on two, and in memory.

    python -m tests.experiments.throughput --run RUN --images DIR
    python -m tests.experiments.throughput --run RUN --images DIR --memory 500 5000

The engine alone, on pixels that are resized and in memory, and `predict` with its lines alone and
with overlays take turns, with each number of threads, so that the machine's drift falls on all
alike. `predict` is timed from the first image to the last: how long it takes to start is told by
itself. The processor time of an image tells more than the clock where others work on the machine.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.inference.inputs import find_images
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.predict import predict

PEAK = (
    "import json, sys; from pathlib import Path; from auxnet_cli.system.cpu import peak_memory; "
    "from auxnet_cli.jobs.predict import predict; run, images, out = map(Path, sys.argv[1:]); "
    "predict(images, model=run, out=out, formats=['overlay']); print(json.dumps(peak_memory()))"
)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a run that is exported")
    parser.add_argument("--images", type=Path, required=True, help="a folder of photos")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--count", type=int, default=100, help="images a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, nargs="+", help="peak memory with so many files")
    given = parser.parse_args()
    paths = find_images([given.images])
    with TemporaryDirectory() as folder:
        if given.memory:
            for count in given.memory:
                _tell(f"{count} files", f"{_peak(given.run, paths, count, Path(folder)):.0f} MB")
            return
        _tell("first result", _spread([_first(given, paths[0], Path(folder)) for _ in range(5)]))
        _throughput(given, paths[: given.count], Path(folder))


def _throughput(given: argparse.Namespace, paths: list[Path], folder: Path) -> None:
    jobs: dict[tuple[str, int], Callable[[], object]] = {}
    for threads in given.threads:
        inspector = Inspector.open(
            given.run, threads=threads, precision=given.precision, images=len(paths)
        )
        jobs["engine", threads] = _bare(inspector, paths, threads)
        for name, formats in (("lines", []), ("overlays", ["overlay"])):
            jobs[name, threads] = _predict(
                inspector, given.run, paths, formats, folder / name, threads
            )
    for job in jobs.values():
        job()
    rounds = [{key: _timed(job) for key, job in jobs.items()} for _ in range(given.rounds)]
    clock, cpu = (
        {key: np.array([one[key][part] for one in rounds]) / len(paths) for key in jobs}
        for part in (0, 1)
    )
    for name, threads in jobs:
        own, bare = (name, threads), ("engine", threads)
        _tell(
            f"{name}, {threads} threads",
            f"{1 / np.median(clock[own]):.1f} images/s, {_ratio(clock[bare], clock[own])} of the "
            f"engine's; {1000 * np.median(cpu[own]):.1f} ms of processor time an image, by which "
            f"{_ratio(cpu[bare], cpu[own])}",
        )
    for name in ("engine", "lines", "overlays"):
        for few, many in itertools.pairwise(given.threads):
            gain = _ratio(clock[name, few], clock[name, many])
            _tell(f"{name}, {few} to {many} threads", f"{gain} times as fast")


def _bare(inspector: Inspector, paths: list[Path], threads: int) -> Callable[[], object]:
    pixels = [resize_image(read_image(path), inspector.card.size)[None] for path in paths]

    def run() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(inspector.engine.run, pixels))

    return run


def _predict(
    inspector: Inspector,
    run: Path,
    paths: list[Path],
    formats: list[str],
    out: Path,
    threads: int,
) -> Callable[[], object]:
    def job() -> None:
        with patch.object(Inspector, "open", lambda *_: inspector):
            predict(paths, model=run, out=out, formats=formats, threads=threads)

    return job


def _timed(job: Callable[[], object]) -> tuple[float, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - clock, time.process_time() - cpu


def _first(given: argparse.Namespace, path: Path, folder: Path) -> float:
    words = ["--model", given.run, "--precision", given.precision, "--out", folder / "first"]
    start = time.perf_counter()
    command = [sys.executable, "-m", "auxnet_cli", "predict", path, *words]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _peak(run: Path, paths: list[Path], count: int, folder: Path) -> float:
    images = folder / str(count)
    images.mkdir()
    for number, path in zip(range(count), itertools.cycle(paths), strict=False):
        os.link(path, images / f"{number:06}{path.suffix}")
    command = [sys.executable, "-c", PEAK, run, images, folder / "out"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _ratio(above: "np.ndarray", below: "np.ndarray") -> str:
    ratios = above / below
    return f"{np.median(ratios):.2f} ({ratios.min():.2f}-{ratios.max():.2f})"


def _spread(seconds: list[float]) -> str:
    return f"{np.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"


def _tell(what: str, figures: str) -> None:
    sys.stdout.write(f"{what}: {figures}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
