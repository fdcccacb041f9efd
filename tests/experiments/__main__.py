"""Run what is missing of experiments, and print their tables."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from tests.experiments.figures import finished, table
from tests.experiments.grid import EXPERIMENTS
from tests.experiments.training import Training


def main() -> None:
    """See the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiments", nargs="+", choices=EXPERIMENTS)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data set")
    parser.add_argument("--groups", type=Path, help="the file it was split by")
    parser.add_argument("--out", type=Path, default=Path("experiments"))
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--parallel", type=int, default=2, help="trainings at a time")
    parser.add_argument("--table", action="store_true", help="train nothing, show what there is")
    given = parser.parse_args()
    for name in given.experiments:
        experiment = EXPERIMENTS[name]
        trainings = list(experiment.trainings(given.data, given.groups, given.out, given.results))
        if not given.table:
            _train(trainings, given.parallel)
        for fraction, arms in finished(trainings).items():
            sys.stdout.write(f"\n{name}, {fraction:.0%} of the images\n\n{table(arms)}")
            sys.stdout.flush()


def _train(trainings: Sequence[Training], parallel: int) -> None:
    missing = [training for training in trainings if not training.done]
    workers = count()
    with ThreadPoolExecutor(parallel, initializer=lambda: _settle(next(workers), parallel)) as pool:
        for training, failed in zip(missing, pool.map(_run, missing), strict=True):
            sys.stdout.write(f"{training.folder}: {failed or 'done'}\n")
            sys.stdout.flush()


def _settle(worker: int, workers: int) -> None:
    """Give a worker's trainings processors of their own, or they wait for each other's threads."""
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))[worker::workers]
        os.sched_setaffinity(0, own or os.sched_getaffinity(0))


def _run(training: Training) -> str:
    try:
        training.run()
    except subprocess.CalledProcessError:
        return f"failed, see {training.folder / 'log'}"
    return ""


if __name__ == "__main__":
    main()
