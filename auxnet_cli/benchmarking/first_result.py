"""Times a fresh ``auxnet predict`` of one photo, from the start of its process to the end."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from auxnet_cli.benchmarking.making import noise
from auxnet_cli.benchmarking.worker_job import package_path
from auxnet_cli.errors import AuxnetError

TIMES = 3


def first_result(run: Path, size: tuple[int, int], times: int = TIMES) -> float:
    """Returns the median seconds of a process.

    A first call does not count: it exports the network where that was not done yet, and brings the
    files into the system's memory. The photo has (height, width) pixels.

    Raises:
        AuxnetError: the call failed.
    """
    import cv2

    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "one.jpg"
        photo.write_bytes(cv2.imencode(".jpg", noise(1, size)[0])[1].tobytes())
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
        (reason,) = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise AuxnetError(f"auxnet predict, timed for its first result, failed ({reason}).")
    return seconds
