from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.splitting.folds import fold_images
from auxnet_cli.errors import InputError

photos = st.lists(
    st.tuples(st.frozensets(st.integers(0, 3), max_size=2), st.integers(0, 12)),
    min_size=1,
    max_size=60,
)


@given(photos, st.integers(2, 5), st.sampled_from([0.0, 0.1, 0.3]), st.integers(0, 3))
def test_folds_are_a_partition_by_group(found, folds, val, seed):
    labels, groups = [own for own, _ in found], [group for _, group in found]
    if len(set(groups)) < folds:
        with pytest.raises(InputError, match="take fewer folds"):
            fold_images(labels, groups, folds, val, seed)
        return
    made = fold_images(labels, groups, folds, val, seed)
    assert made == fold_images(labels, groups, folds, val, seed)
    tested = [[place for place, name in enumerate(splits) if name == "test"] for splits in made]
    assert all(tested)
    assert sorted(place for places in tested for place in places) == list(range(len(found)))
    for splits in made:
        where = defaultdict(set)
        for group, name in zip(groups, splits, strict=True):
            where[group].add(name)
        assert all(len(names) == 1 for names in where.values())
        assert val or "val" not in splits
        # What is not tested is learned, whatever goes to val.
        seen, left = (
            frozenset().union(
                *(own for own, name in zip(labels, splits, strict=True) if name in names)
            )
            for names in (("train",), ("train", "val"))
        )
        assert seen == left


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(1, 8)), min_size=5, max_size=40),
    st.integers(2, 5),
)
def test_every_fold_trains_on_every_class_of_two_groups(sizes, folds):
    """Where a group holds one class."""
    labels = [frozenset() if label < 0 else {label} for label, size in sizes for _ in range(size)]
    groups = [group for group, (_, size) in enumerate(sizes) for _ in range(size)]
    twice = {label for label, number in Counter(label for label, _ in sizes).items() if number > 1}
    for splits in fold_images(list(map(frozenset, labels)), groups, folds, 0.1, 0):
        seen = {
            next(iter(own), -1) for own, name in zip(labels, splits, strict=True) if name == "train"
        }
        assert twice <= seen


def test_each_fold_has_its_share_of_each_class():
    labels = [frozenset({0})] * 50 + [frozenset({1})] * 20 + [frozenset({0, 1})] * 10
    labels += [frozenset()] * 120
    for splits in fold_images(labels, range(200), 5, 0.1, seed=2):
        assert Counter(splits) == pytest.approx({"train": 140, "val": 20, "test": 40}, abs=2)
        tested = [own for own, name in zip(labels, splits, strict=True) if name == "test"]
        assert sum(0 in own for own in tested) == pytest.approx(12, abs=1)
        assert sum(1 in own for own in tested) == pytest.approx(6, abs=1)


def test_seeds_differ():
    labels = [frozenset({0})] * 40
    assert fold_images(labels, range(40), 4, 0, 0) != fold_images(labels, range(40), 4, 0, 1)


@pytest.mark.parametrize(
    ("folds", "val", "message"),
    [
        (1, 0.1, "at least 2"),
        (-3, 0.1, "at least 2"),
        (2, 0.5, "take a smaller --val"),
        (5, 0.8, "take a smaller --val"),
        (9, 0.1, "only 8 groups"),
    ],
)
def test_what_cannot_be_folded(folds, val, message):
    with pytest.raises(InputError, match=message):
        fold_images([frozenset({0})] * 8, range(8), folds, val, 0)
