"""Which trainings of an experiment are compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.prepare import prepare
from tests.experiments.figures import finished
from tests.experiments.result import Result, write
from tests.experiments.training import Arm, Training


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures") / "data"
    prepare("synthetic", images=10, seed=1, out=folder, val=0.1, test=0.2)
    return folder


def _kept(training: Training) -> Training:
    write(Result([], np.zeros(0), ("a",), ("cls",)), training.recipe, training.result)
    return training


def test_arms_are_compared_by_the_seeds_that_all_have(data: Path, tmp_path: Path) -> None:
    first = Training(
        arm=Arm("joint"),
        data=data,
        groups=None,
        fraction=1.0,
        seed=0,
        epochs=1,
        validations=1,
        options=(),
        out=tmp_path,
        results=tmp_path,
    )
    joint = [replace(first, seed=seed) for seed in range(3)]
    single = [replace(one, arm=Arm("cls", "cls")) for one in joint]
    never = replace(first, arm=Arm("never"))
    for one in (*joint, *single[1:]):
        _kept(one)
    assert finished([*joint, *single, never]) == {1.0: [joint[1:], single[1:]]}
    assert finished([never]) == {}
    assert finished([joint[0], single[1]]) == {}
    assert finished(joint) == {1.0: [joint]}


def test_a_seed_counts_when_all_its_folds_are_finished(data: Path, tmp_path: Path) -> None:
    fold = Training(
        arm=Arm("joint"),
        data=data,
        groups=None,
        fraction=1.0,
        seed=0,
        epochs=1,
        validations=1,
        options=(),
        out=tmp_path,
        results=tmp_path / "1",
    )
    other = replace(fold, results=tmp_path / "2")
    _kept(fold)
    assert finished([fold, other]) == {}
    _kept(other)
    assert finished([fold, other]) == {1.0: [[fold, other]]}
