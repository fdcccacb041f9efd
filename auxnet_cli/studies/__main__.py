"""Runs the missing trainings of studies and prints their tables.

python -m auxnet_cli.studies tasks --data data/neu_seg
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.studies.catalogue import STUDIES
from auxnet_cli.studies.running import train_missing
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
            train_missing(trainings, options.parallel, _say)
        _print(name, trainings)
        for data in dict.fromkeys(training.data for training in trainings if options.each):
            _print(f"{name}, {data.name}", [each for each in trainings if each.data == data])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _print(title: str, trainings: Sequence[Training]) -> None:
    for fraction, arms in comparable_trainings(trainings).items():
        sys.stdout.write(f"\n{title}, {fraction:.0%} of the images\n\n{table(arms)}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
