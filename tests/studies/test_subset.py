"""A part of the training images keeps groups whole, every class, and the other splits."""

import json
from pathlib import Path

import pytest

from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.studies.subset import write_subset, write_unseen


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("subset")
    prepare("synthetic", images=40, seed=1, out=root / "data", val=0.1, test=0.2)
    return root / "data"


def _part(root: Path, fraction: float, seed: int, groups: dict[str, str], out: Path) -> Dataset:
    write_subset(root, fraction, seed, groups, out)
    return Dataset.open(out)


def test_half_of_the_images_of_each_kind_are_left(whole: Path, tmp_path: Path) -> None:
    records = Dataset.open(whole).split("train")
    part = _part(whole, 0.5, 0, {}, tmp_path / "half")
    left = part.split("train")
    assert {record.name for record in left} < {record.name for record in records}
    kinds = {record.labels for record in records}
    for kind in kinds:
        before = sum(record.labels == kind for record in records)
        after = sum(record.labels == kind for record in left)
        assert after == max(1, round(before / 2))
    assert all(record.path.exists() for record in left)


def test_the_other_splits_are_the_same(whole: Path, tmp_path: Path) -> None:
    write_subset(whole, 0.25, 0, {}, tmp_path / "quarter")
    part = tmp_path / "quarter"
    for split in ("val", "test"):
        own, same = (Dataset.open(root).annotation_file(split) for root in (part, whole))
        assert json.loads(own.read_text()) == json.loads(same.read_text())
    assert Dataset.open(part).fingerprint != Dataset.open(whole).fingerprint


def test_groups_stay_whole_and_seeds_differ(whole: Path, tmp_path: Path) -> None:
    records = sorted(Dataset.open(whole).split("train"), key=lambda record: sorted(record.labels))
    names = [record.name for record in records]
    groups = {name: str(place // 2) for place, name in enumerate(names)}
    chosen = []
    for seed in range(4):
        part = _part(whole, 0.5, seed, groups, tmp_path / str(seed))
        left = {record.name for record in part.split("train")}
        of_groups = {groups[name] for name in left}
        assert left == {name for name in names if groups[name] in of_groups} < set(names)
        chosen.append(frozenset(of_groups))
    assert len(set(chosen)) > 1


def test_a_class_is_unseen_with_all_its_parts(whole: Path, tmp_path: Path) -> None:
    dataset = Dataset.open(whole)
    every = [record for split in SPLITS for record in dataset.split(split)]
    label = dataset.classes.index(name := dataset.classes[0])
    shown = {record.name for record in every if label in record.labels}
    other = next(record.name for record in dataset.split("train") if record.name not in shown)
    # A photograph of a part that another photograph of shows the class.
    groups = {other: "part", min(shown): "part"}
    write_unseen(whole, name, groups, tmp_path / "unseen")
    unseen = Dataset.open(tmp_path / "unseen")
    seen = {record.name for split in ("train", "val") for record in unseen.split(split)}
    before = {record.name for split in ("train", "val") for record in dataset.split(split)}
    assert seen == before - shown - {other}
    test = unseen.split("test")
    good = {record.name for record in dataset.split("test") if not record.annotations}
    assert {record.name for record in test} == shown | good
    truth = {record.name: record.annotations for record in every}
    assert all(record.annotations == truth[record.name] for record in test)
    assert len({record.id for record in test}) == len(test)
    assert all(record.path.exists() for record in test)


def test_an_unknown_class_is_named(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no class 'rust'"):
        write_unseen(whole, "rust", {}, tmp_path / "unseen")
