from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auxnet_cli.data.splitting.split import split_images
from auxnet_cli.errors import InputError

photos = st.lists(
    st.tuples(st.frozensets(st.integers(0, 3), max_size=2), st.integers(0, 9)),
    min_size=1,
    max_size=60,
)


def singles(*labels):
    return [frozenset(own) for own in labels], list(range(len(labels)))


@settings(deadline=None)
@given(photos, st.integers(0, 5))
def test_groups_stay_together_and_every_class_is_in_train(found, seed):
    labels, groups = [own for own, _ in found], [group for _, group in found]
    splits = split_images(labels, groups, 0.1, 0.2, seed)
    where = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        where[group].add(split)
    assert all(len(places) == 1 for places in where.values())
    train = [own for own, split in zip(labels, splits, strict=True) if split == "train"]
    assert frozenset().union(*labels) == frozenset().union(*train)
    assert any(not own for own in train) == any(not own for own in labels)
    assert splits == split_images(labels, groups, 0.1, 0.2, seed)


def test_fractions_are_kept_for_each_class():
    labels, groups = singles(*[{0}] * 100, *[{1}] * 40, *[{0, 1}] * 20, *[()] * 300)
    splits = split_images(labels, groups, 0.1, 0.2, seed=3)
    assert Counter(splits) == pytest.approx({"train": 322, "val": 46, "test": 92}, abs=4)
    for kind, number in (({0}, 120), ({1}, 60), ((), 300)):
        own = Counter(
            split
            for label, split in zip(labels, splits, strict=True)
            if (kind and set(kind) <= label) or (not kind and not label)
        )
        assert own == pytest.approx(
            {"train": 0.7 * number, "val": 0.1 * number, "test": 0.2 * number}, abs=1.5
        )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"train": 1}),
        (2, {"train": 1, "test": 1}),
        (4, {"train": 2, "val": 1, "test": 1}),
        (6, {"train": 4, "val": 1, "test": 1}),
    ],
)
def test_few_groups_of_a_class(number, expected):
    labels, groups = singles(*[{0}] * number)
    assert Counter(split_images(labels, groups, 0.1, 0.2, seed=1)) == expected


def test_uneven_groups_still_reach_every_split():
    sizes = [45, 6, 6, 6, 6, 6]
    labels = [frozenset({0})] * sum(sizes)
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    splits = split_images(labels, groups, 0.1, 0.2, seed=0)
    assert set(splits) == {"train", "val", "test"}
    assert splits[0] == "train"


def test_empty_val_takes_an_image_that_train_can_spare():
    labels, groups = singles({0}, {1}, (), (), ())
    splits = split_images(labels, groups, 0.1, 0.1, seed=0)
    assert splits[:2] == ["train", "train"]
    assert set(splits[2:]) == {"train", "val", "test"}


def test_no_val_when_none_is_asked_for():
    labels, groups = singles(*[{0}] * 10)
    assert set(split_images(labels, groups, 0, 0.2, seed=0)) == {"train", "test"}
    assert set(split_images(labels, groups, 0, 0, seed=0)) == {"train"}


@pytest.mark.parametrize(("val", "test", "whole"), [(0, 1, "test"), (1.0, 0.0, "val")])
def test_all_images_in_one_split(val, test, whole):
    labels, groups = singles({0}, {1}, (), ())
    assert split_images(labels, groups, val, test, seed=0) == [whole] * 4
    assert split_images([], [], val, test, seed=0) == []


def test_seeds_differ():
    labels, groups = singles(*[{0}] * 40)
    assert split_images(labels, groups, 0.1, 0.2, 0) != split_images(labels, groups, 0.1, 0.2, 1)


@pytest.mark.parametrize(
    ("val", "test"),
    [
        (-0.1, 0.2),
        (0.5, 0.5),
        (1.0, 0.2),
        (0.1, 1),
        (1, 1),
        (-1, 1),
        (0, 1.5),
        (0, float("nan")),
    ],
)
def test_fractions_that_leave_nothing(val, test):
    with pytest.raises(InputError, match="together below 1"):
        split_images([frozenset()], [0], val, test, 0)
