"""Run what is missing of an experiment, and print its table."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.experiments.figures import finished, table
from tests.experiments.grid import EXPERIMENTS, read_groups
from tests.experiments.training import Training


def main() -> None:
    """See the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiment", choices=EXPERIMENTS)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data set")
    parser.add_argument("--groups", type=Path, help="the file it was split by")
    parser.add_argument("--out", type=Path, default=Path("experiments"))
    parser.add_argument("--parallel", type=int, default=2, help="trainings at a time")
    parser.add_argument("--table", action="store_true", help="train nothing, show what there is")
    given = parser.parse_args()
    trainings = list(EXPERIMENTS[given.experiment].trainings(given.data, given.groups, given.out))
    if not given.table:
        _train(trainings, given.parallel)
    groups = read_groups(given.groups)
    for fraction, arms in finished(trainings).items():
        sys.stdout.write(f"\n{fraction:.0%} of the images for training\n\n{table(arms, groups)}")


def _train(trainings: Sequence[Training], parallel: int) -> None:
    missing = [training for training in trainings if not training.done]
    with ThreadPoolExecutor(parallel) as pool:
        for training, failed in zip(missing, pool.map(_run, missing), strict=True):
            sys.stdout.write(f"{training.folder}: {failed or 'done'}\n")
            sys.stdout.flush()


def _run(training: Training) -> str:
    try:
        training.run()
    except subprocess.CalledProcessError:
        return f"failed, see {training.folder / 'log'}"
    return ""


if __name__ == "__main__":
    main()
