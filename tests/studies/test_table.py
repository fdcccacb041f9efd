"""Which trainings of an experiment are compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.stored_result import Result, write
from auxnet_cli.studies.table import comparable_trainings
from auxnet_cli.studies.training import Training


def _keep(*trainings: Training) -> None:
    for training in trainings:
        write(Result([], np.zeros(0), ("a",), ("cls",)), training.recipe, training.result)


def test_arms_are_compared_by_the_seeds_that_all_have(training: Training) -> None:
    joint = [replace(training, seed=seed) for seed in range(3)]
    single = [replace(one, arm=Arm("cls", "cls")) for one in joint]
    never = replace(training, arm=Arm("never"))
    _keep(*joint, *single[1:])
    assert comparable_trainings([*joint, *single, never]) == {1.0: [joint[1:], single[1:]]}
    assert comparable_trainings([never]) == {}
    assert comparable_trainings([joint[0], single[1]]) == {}
    assert comparable_trainings(joint) == {1.0: [joint]}


def test_a_seed_counts_when_all_its_folds_are_finished(training: Training, tmp_path: Path) -> None:
    folds = [replace(training, results=tmp_path / name) for name in ("1", "2")]
    _keep(folds[0])
    assert comparable_trainings(folds) == {}
    _keep(folds[1])
    assert comparable_trainings(folds) == {1.0: [folds]}
