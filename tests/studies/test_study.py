"""Which data sets the arms of a study are trained on."""

from pathlib import Path

import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.study import Study
from auxnet_cli.studies.training import Training


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study") / "data"
    prepare("synthetic", images=30, seed=1, out=root, val=0.1, folds=3)
    return root


def _trainings(
    study: Study, data: Path, tmp_path: Path, folds: tuple[str, ...] = ()
) -> list[Training]:
    return list(study.trainings(data, None, tmp_path / "out", tmp_path / "results", folds))


def test_all_folds_or_those_that_are_named(folded: Path, tmp_path: Path) -> None:
    study = Study((Arm("one"), Arm("two")), seeds=2)
    every = _trainings(study, folded, tmp_path)
    assert [training.data.name for training in every[:6]] == ["1", "1", "2", "2", "3", "3"]
    assert [training.seed for training in every] == [0] * 6 + [1] * 6
    some = _trainings(study, folded, tmp_path, ("2", "3"))
    assert [training.data.name for training in some[:4]] == ["2", "2", "3", "3"]
    assert len({training.folder for training in every}) == len(every)
    with pytest.raises(InputError, match="no fold '4'"):
        _trainings(study, folded, tmp_path, ("3", "4"))


def test_half_of_the_images_are_seen_twice_as_often(folded: Path, tmp_path: Path) -> None:
    study = Study((Arm("one"),), epochs=10, seeds=1, fractions=(1.0, 0.5))
    whole, half = _trainings(study, folded, tmp_path, ("1",))
    counts = [len(Dataset.open(training.data).split("train")) for training in (whole, half)]
    assert whole.epochs == 10
    assert half.epochs == round(10 * counts[0] / counts[1]) > 10


def test_each_class_in_turn_is_unseen(folded: Path, tmp_path: Path) -> None:
    study = Study((Arm("one"),), seeds=1, unseen=True)
    trainings = _trainings(study, folded, tmp_path)
    classes = Dataset.open(folded).classes
    assert len({training.result for training in trainings}) == len(trainings) == len(classes)
    for label, training in enumerate(trainings):
        dataset = Dataset.open(training.data)
        learned = [*dataset.split("train"), *dataset.split("val")]
        assert not any(label in record.labels for record in learned)
        assert any(label in record.labels for record in dataset.split("test"))
    # Written once.
    assert _trainings(study, folded, tmp_path) == trainings
    of_folds = _trainings(study, folded, tmp_path, ("1", "2"))
    assert len({training.result for training in of_folds}) == 2 * len(classes)
