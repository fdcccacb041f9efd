"""How long the first image takes: a fresh ``auxnet predict`` of one photo, from start to end."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from auxnet_cli.benchmarking.worker_job import package_path
from auxnet_cli.errors import AuxnetError

TIMES = 3


def first_result(run: Path, size: tuple[int, int], times: int = TIMES) -> float:
    """Seconds from the start of the process to its end; the median.

    One call before them does not count: it exports the network where that was not done yet, and
    brings the files into the system's memory.

    Args:
        run: the run's folder.
        size: (height, width) of the photo, pixels.
        times: calls that count.

    Raises:
        AuxnetError: the call failed.
    """
    import cv2

    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "one.jpg"
        pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
        photo.write_bytes(cv2.imencode(".jpg", pixels)[1].tobytes())
        call = ["predict", str(photo), "--model", str(run.resolve()), "--out", f"{folder}/out"]
        seconds = [_seconds(call) for _ in range(times + 1)]
    return round(median(seconds[1:]), 3)


def _seconds(call: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "auxnet_cli", *call],
        env={**os.environ, **package_path()},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        (said,) = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise AuxnetError(f"auxnet predict, timed for its first result, failed ({said}).")
    return seconds
