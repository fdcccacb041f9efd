from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.training.sampling import Draw, balanced_order, groups, natural_order


def records(*labels):
    return [
        Record(
            number,
            str(number),
            Path(),
            9,
            9,
            tuple(Annotation(label, (0, 0, 1, 1), None) for label in found),
        )
        for number, found in enumerate(labels)
    ]


SPLITS = st.lists(st.sets(st.integers(0, 3), max_size=2), min_size=1, max_size=40).map(
    lambda labels: records(*labels)
)


@given(st.integers(0, 50), st.integers(0, 9))
def test_natural_shows_each_image_once(count, epoch):
    order = natural_order(count, 0, epoch)
    assert sorted(draw.image for draw in order) == list(range(count))
    assert all(draw.donor is None for draw in order)


def test_orders_repeat_by_seed_and_epoch():
    split = records(*[{0}] * 5, *[set()] * 45)
    for order in (
        lambda seed, epoch: natural_order(50, seed, epoch),
        lambda seed, epoch: balanced_order(split, 0.5, 0.5, seed, epoch),
    ):
        assert order(1, 2) == order(1, 2)
        assert order(1, 2) != order(1, 3)
        assert order(1, 2) != order(2, 2)


def test_an_image_belongs_to_its_rarest_class():
    split = records({0}, {0, 1}, {0}, set(), {1, 2}, {2}, {2})
    # 0 occurs three times, 1 twice, 2 three times.
    assert groups(split) == {0: [0, 2], 1: [1, 4], 2: [5, 6], None: [3]}


@given(SPLITS)
def test_groups_share_out_every_image(split):
    found = groups(split)
    assert sorted(index for group in found.values() for index in group) == list(range(len(split)))
    assert all(found.values())


@given(SPLITS, st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
def test_balanced_gives_each_class_and_the_good_their_share(split, share, paste, seed):
    order = balanced_order(split, share, paste, seed, 1)
    assert len(order) == len(split)
    found = groups(split)
    owner = {index: key for key, group in found.items() for index in group}
    turns = Counter(owner[draw.image if draw.donor is None else draw.donor] for draw in order)
    classes = [turns.get(key, 0) for key in found if key is not None]
    if classes:
        good = int(len(split) * share) if None in found else 0
        assert turns.get(None, 0) == good
        assert max(classes) - min(classes) <= 1
    for draw in order:
        if draw.donor is not None:
            assert owner[draw.image] is None
            assert owner[draw.donor] is not None


@given(SPLITS, st.integers(0, 99))
def test_no_image_comes_again_before_all_of_its_group_came(split, seed):
    order = balanced_order(split, 0.5, 0, seed, 1)
    seen = Counter(draw.image for draw in order)
    for group in groups(split).values():
        counts = [seen[index] for index in group]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(("paste", "pasted"), [(0.0, 0), (1.0, 18)])
def test_a_rare_class_makes_up_its_deficit(paste, pasted):
    """2 defective of 40: 20 turns each, the defective two for themselves and 18 in deficit."""
    split = records({0}, {0}, *[set()] * 38)
    order = balanced_order(split, 0.5, paste, 0, 1)
    assert sum(draw.donor is not None for draw in order) == pasted
    assert {Draw(0), Draw(1)} <= set(order)
    assert sum(draw.image < 2 or draw.donor is not None for draw in order) == 20


def test_without_good_images_nothing_is_pasted():
    order = balanced_order(records({0}, *[{1}] * 9), 0.5, 1.0, 0, 1)
    assert all(draw.donor is None for draw in order)
    assert sum(draw.image == 0 for draw in order) == 5
