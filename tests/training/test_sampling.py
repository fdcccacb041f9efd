from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.training.sampling import Draw, balanced_order, groups, natural_order

RLE = {"size": [9, 9], "counts": "0Q2"}


def records(*labels, masked=lambda number: True):
    """Images that show these classes, with masks where ``masked`` says so of the image's number."""
    return [
        Record(
            number,
            str(number),
            Path(),
            9,
            9,
            tuple(
                Annotation(label, (0, 0, 1, 1), RLE if masked(number) else None) for label in shown
            ),
        )
        for number, shown in enumerate(labels)
    ]


SPLITS = st.tuples(
    st.lists(st.sets(st.integers(0, 3), max_size=2), min_size=1, max_size=40),
    st.sampled_from([lambda number: True, lambda number: False, lambda number: number % 3 > 0]),
).map(lambda drawn: records(*drawn[0], masked=drawn[1]))


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


@given(SPLITS, st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
def test_balanced_gives_each_class_and_the_good_their_share(split, share, paste, seed):
    order = balanced_order(split, share, paste, seed, 1)
    assert len(order) == len(split)
    members = groups(split)
    owner = {index: key for key, group in members.items() for index in group}
    turns = Counter(owner[draw.image if draw.donor is None else draw.donor] for draw in order)
    classes = [turns.get(key, 0) for key in members if key is not None]
    if classes:
        good = int(len(split) * share) if None in members else 0
        assert turns.get(None, 0) == good
        assert max(classes) - min(classes) <= 1
    for draw in order:
        if draw.donor is not None:
            assert owner[draw.image] is None
            assert owner[draw.donor] in split[draw.donor].masked_labels


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


def test_the_order_of_masked_images_is_what_it_was():
    """Written down before images without masks were told apart."""
    split = records({0}, {0}, {1}, *[{0, 2}] * 3, *[{2}] * 5, *[set()] * 27)
    order = balanced_order(split, 0.4, 0.7, 3, 2)
    # fmt: off
    assert [(draw.image, draw.donor) for draw in order] == [
        (17, 2), (5, None), (37, None), (27, 0), (14, None), (30, None), (4, None), (1, None),
        (28, 7), (3, None), (16, None), (18, 2), (32, None), (13, None), (20, None), (0, None),
        (8, None), (11, None), (29, None), (35, None), (12, None), (2, None), (9, None),
        (2, None), (2, None), (21, 2), (6, None), (23, 2), (36, 1), (7, None), (3, None),
        (31, None), (34, None), (24, 8), (2, None), (15, None), (33, None), (10, None),
    ]
    # fmt: on


def test_what_has_boxes_alone_is_repeated_and_not_pasted():
    """2 defective of 40: they make up their deficit by coming again, ten times each."""
    split = records({0}, {0}, *[set()] * 38, masked=lambda number: False)
    order = balanced_order(split, 0.5, 1.0, 0, 1)
    assert all(draw.donor is None for draw in order)
    assert Counter(draw.image for draw in order if draw.image < 2) == {0: 10, 1: 10}


def test_images_with_and_without_masks_take_turns():
    split = records({0}, {0}, {0}, *[set()] * 57, masked=lambda number: number == 1)
    order = balanced_order(split, 0.5, 1.0, 0, 1)
    turns = Counter(draw.image if draw.donor is None else draw.donor for draw in order)
    assert {turns[image] for image in range(3)} == {10}
    assert sum(draw.donor == 1 for draw in order) == 9
    assert {draw.donor for draw in order} == {1, None}


def test_a_mask_of_another_class_does_not_stand_for_the_rare_one():
    """Image 0 has a box of the rare class 1 beside a mask of class 0."""
    both = (Annotation(1, (0, 0, 1, 1), None), Annotation(0, (0, 0, 1, 1), RLE))
    split = [replace(records({0})[0], annotations=both), *records(*[{0}] * 5, *[set()] * 34)]
    order = balanced_order(split, 0.5, 1.0, 0, 1)
    assert sum(draw.image == 0 for draw in order) == 10
    assert 0 not in {draw.donor for draw in order}
