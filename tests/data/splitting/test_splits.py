from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auxnet_cli.data.splitting.splits import fold_images, split_images
from auxnet_cli.errors import InputError

photos = st.lists(
    st.tuples(st.frozensets(st.integers(0, 3), max_size=2), st.integers(0, 12)),
    min_size=1,
    max_size=60,
)


def singles(*labels):
    return [frozenset(classes) for classes in labels], list(range(len(labels)))


def splits_by_group(groups, splits):
    by_group = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        by_group[group].add(split)
    return by_group


def labels_in(labels, splits, *names):
    pairs = zip(labels, splits, strict=True)
    return [classes for classes, split in pairs if split in names]


@settings(deadline=None)
@given(photos, st.integers(0, 5))
def test_groups_stay_together_and_every_class_is_in_train(images, seed):
    labels, groups = map(list, zip(*images, strict=True))
    splits = split_images(labels, groups, 0.1, 0.2, seed)
    assert all(len(names) == 1 for names in splits_by_group(groups, splits).values())
    train = labels_in(labels, splits, "train")
    assert frozenset().union(*labels) == frozenset().union(*train)
    assert any(not classes for classes in train) == any(not classes for classes in labels)
    assert splits == split_images(labels, groups, 0.1, 0.2, seed)


def test_fractions_are_kept_for_each_class():
    labels, groups = singles(*[{0}] * 100, *[{1}] * 40, *[{0, 1}] * 20, *[()] * 300)
    splits = split_images(labels, groups, 0.1, 0.2, seed=3)
    assert Counter(splits) == pytest.approx({"train": 322, "val": 46, "test": 92}, abs=4)
    for kind, number in (({0}, 120), ({1}, 60), (set(), 300)):
        pairs = zip(labels, splits, strict=True)
        shown = Counter(
            split for classes, split in pairs if (classes & kind if kind else not classes)
        )
        fractions = {"train": 0.7 * number, "val": 0.1 * number, "test": 0.2 * number}
        assert shown == pytest.approx(fractions, abs=1.5)


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
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    splits = split_images([frozenset({0})] * sum(sizes), groups, 0.1, 0.2, seed=0)
    assert set(splits) == {"train", "val", "test"}
    assert splits[0] == "train"


def test_empty_val_takes_an_image_that_train_can_spare():
    labels, groups = singles({0}, {1}, (), (), ())
    splits = split_images(labels, groups, 0.1, 0.1, seed=0)
    assert splits[:2] == ["train", "train"]
    assert set(splits[2:]) == {"train", "val", "test"}


@pytest.mark.parametrize(
    ("val", "test", "names"),
    [(0, 0.2, "train test"), (0, 0, "train"), (0, 1, "test"), (1.0, 0.0, "val")],
)
def test_only_the_splits_that_are_asked_for(val, test, names):
    labels, groups = singles(*[{0}] * 10)
    assert set(split_images(labels, groups, val, test, seed=0)) == set(names.split())


def test_seeds_differ():
    labels, groups = singles(*[{0}] * 40)
    assert split_images(labels, groups, 0.1, 0.2, 0) != split_images(labels, groups, 0.1, 0.2, 1)
    assert fold_images(labels, groups, 4, 0, 0) != fold_images(labels, groups, 4, 0, 1)


@pytest.mark.parametrize(
    ("val", "test"),
    [(-0.1, 0.2), (0.5, 0.5), (1.0, 0.2), (1, 1), (-1, 1), (0, 1.5), (0, float("nan"))],
)
def test_fractions_that_leave_nothing(val, test):
    with pytest.raises(InputError, match="together below 1"):
        split_images([frozenset()], [0], val, test, 0)


@given(photos, st.integers(2, 5), st.sampled_from([0.0, 0.1, 0.3]), st.integers(0, 3))
def test_folds_are_a_partition_by_group(images, folds, val, seed):
    labels, groups = map(list, zip(*images, strict=True))
    if len(set(groups)) < folds:
        with pytest.raises(InputError, match="take fewer folds"):
            fold_images(labels, groups, folds, val, seed)
        return
    divided = fold_images(labels, groups, folds, val, seed)
    assert divided == fold_images(labels, groups, folds, val, seed)
    tested = [[index for index, name in enumerate(fold) if name == "test"] for fold in divided]
    assert all(tested)
    assert sorted(index for fold in tested for index in fold) == list(range(len(images)))
    for splits in divided:
        assert all(len(names) == 1 for names in splits_by_group(groups, splits).values())
        assert val or "val" not in splits
        # Whatever goes to val, train has all classes that are not in test alone.
        trained, rest = (
            frozenset().union(*labels_in(labels, splits, *names))
            for names in (["train"], ["train", "val"])
        )
        assert trained == rest


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(1, 8)), min_size=5, max_size=40),
    st.integers(2, 5),
)
def test_every_fold_trains_on_every_class_of_two_groups(sizes, folds):
    """Where a group holds one class."""
    groups = [group for group, (_, size) in enumerate(sizes) for _ in range(size)]
    labels = [frozenset({sizes[group][0]}) - {-1} for group in groups]
    twice = {label for label, number in Counter(label for label, _ in sizes).items() if number > 1}
    for splits in fold_images(labels, groups, folds, 0.1, 0):
        assert twice <= {next(iter(classes), -1) for classes in labels_in(labels, splits, "train")}


def test_each_fold_has_its_share_of_each_class():
    labels, groups = singles(*[{0}] * 50, *[{1}] * 20, *[{0, 1}] * 10, *[()] * 120)
    for splits in fold_images(labels, groups, 5, 0.1, seed=2):
        assert Counter(splits) == pytest.approx({"train": 140, "val": 20, "test": 40}, abs=2)
        tested = labels_in(labels, splits, "test")
        assert sum(0 in classes for classes in tested) == pytest.approx(12, abs=1)
        assert sum(1 in classes for classes in tested) == pytest.approx(6, abs=1)


@pytest.mark.parametrize(
    ("folds", "val", "message"),
    [
        (1, 0.1, "at least 2"),
        (-3, 0.1, "at least 2"),
        (2, 0.5, "take a smaller `val`"),
        (5, 0.8, "take a smaller `val`"),
        (9, 0.1, "only 8 groups"),
    ],
)
def test_what_cannot_be_folded(folds, val, message):
    with pytest.raises(InputError, match=message):
        fold_images([frozenset({0})] * 8, range(8), folds, val, 0)
