"""Runs the missing trainings of a study side by side, each on cores of its own."""

import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from auxnet_cli.studies.training import Training


def train_missing(
    trainings: Sequence[Training], parallel: int, say: Callable[[str], object]
) -> list[Training]:
    """Runs the trainings whose result is not stored, ``parallel`` at a time.

    One that fails does not stop the others. Ctrl-C reaches the trainings, too, which keep what they
    have learned; the same call goes on with them.

    Args:
        trainings: in the order in which they begin.
        parallel: trainings at a time; each gets its share of the cores.
        say: is called with a line for each that ends.

    Returns:
        Those that failed.
    """
    missing = [training for training in trainings if not training.done]
    failed = []
    workers = count()
    pool = ThreadPoolExecutor(parallel, initializer=lambda: _take_cores(next(workers), parallel))
    try:
        for training, failure in zip(missing, pool.map(_run, missing), strict=True):
            say(f"{training.folder}: {failure or 'done'}")
            if failure:
                failed.append(training)
    finally:
        pool.shutdown(cancel_futures=True)
    return failed


def _take_cores(worker: int, workers: int) -> None:
    """Gives each worker cores of its own; else the trainings wait for each other's threads."""
    if hasattr(os, "sched_setaffinity"):
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(cores)[worker::workers] or cores)


def _run(training: Training) -> str:
    """Returns why the training failed; nothing where it did not."""
    try:
        training.run()
    except subprocess.CalledProcessError:
        return f"failed, see {training.folder / 'log'}"
    return ""
