"""Runs the missing trainings of studies and prints their tables.

python -m auxnet_cli.studies tasks --data data/neu_seg
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from auxnet_cli.studies.catalogue import STUDIES
from auxnet_cli.studies.table import comparable_trainings, table
from auxnet_cli.studies.training import Training


def main() -> None:
    """Runs the studies that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m auxnet_cli.studies", description=__doc__)
    parser.add_argument("studies", nargs="+", choices=STUDIES)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data set")
    parser.add_argument("--folds", nargs="+", default=[], help="of the data set, by name; or all")
    parser.add_argument("--groups", type=Path, help="the file it was split by")
    parser.add_argument("--out", type=Path, default=Path("studies"))
    parser.add_argument("--parallel", type=int, default=2, help="trainings at a time")
    parser.add_argument("--each", action="store_true", help="also a table for each data set")
    parser.add_argument("--table", action="store_true", help="train nothing, only print the tables")
    options = parser.parse_args()
    for name in options.studies:
        results = options.out / "results"
        trainings = list(
            STUDIES[name].trainings(
                options.data, options.groups, options.out, results, options.folds
            )
        )
        if not options.table:
            _train(trainings, options.parallel)
        _print(name, trainings)
        for data in dict.fromkeys(training.data for training in trainings if options.each):
            _print(f"{name}, {data.name}", [each for each in trainings if each.data == data])


def _print(title: str, trainings: Sequence[Training]) -> None:
    for fraction, arms in comparable_trainings(trainings).items():
        sys.stdout.write(f"\n{title}, {fraction:.0%} of the images\n\n{table(arms)}")
        sys.stdout.flush()


def _train(trainings: Sequence[Training], parallel: int) -> None:
    missing = [training for training in trainings if not training.done]
    workers = count()
    with ThreadPoolExecutor(
        parallel, initializer=lambda: _take_cores(next(workers), parallel)
    ) as pool:
        for training, failure in zip(missing, pool.map(_run, missing), strict=True):
            sys.stdout.write(f"{training.folder}: {failure or 'done'}\n")
            sys.stdout.flush()


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


if __name__ == "__main__":
    main()
