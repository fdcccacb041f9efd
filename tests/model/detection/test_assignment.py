import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.detection.assignment import BACKGROUND, IGNORED, RULES, match
from auxnet_cli.model.detection.boxes import decode, iou
from auxnet_cli.settings import AnchorSettings

BY_IOU = AnchorSettings(assign="iou")
RELATIVE = AnchorSettings(assign="relative")
SIZE = (128, 128)
ANCHORS = make_anchors(SIZE, AnchorSettings())

corner, side = st.integers(0, 120), st.integers(1, 60)
box = st.tuples(corner, corner, side, side).map(
    lambda b: (b[0], b[1], min(b[0] + b[2], 128), min(b[1] + b[3], 128))
)
truths = st.lists(box, min_size=1, max_size=12, unique=True)


def _boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def _assigned(anchors, boxes, rule):
    """(anchors,) index of the box that each anchor learns, or ``BACKGROUND`` or ``IGNORED``."""
    return match(anchors, boxes, np.arange(len(boxes)), rule)[0]


def test_by_iou_by_hand():
    anchors = _boxes([0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 4.5], [50, 50, 60, 60])
    classes, offsets = match(anchors, _boxes([0, 0, 10, 10]), np.array([2]), BY_IOU)
    # IoU 1, 0.8, 0.45, 0
    assert classes.tolist() == [2, 2, IGNORED, BACKGROUND]
    np.testing.assert_allclose(offsets[0], 0, atol=1e-6)
    np.testing.assert_allclose(decode(offsets, anchors)[1], [0, 0, 10, 10], atol=1e-4)
    assert (offsets[2:] == 0).all()


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (9, [0, 0, 0, IGNORED, BACKGROUND, BACKGROUND]),
        (2, [0, 0, IGNORED, IGNORED, BACKGROUND, BACKGROUND]),
        (1, [0, IGNORED, IGNORED, IGNORED, BACKGROUND, BACKGROUND]),
    ],
)
def test_relative_by_hand(most, expected):
    # A defect of 10 × 1 in anchors of 10 × 4, 10 × 5, 10 × 5, 10 × 7, 10 × 9: IoU 1/4, 1/5, 1/5,
    # 1/7, 1/9, which are 1, 0.8, 0.8, 0.57 and 0.44 of the best.
    rows = [[0, 0, 10, height] for height in (4, 5, 5, 7, 9)]
    anchors = _boxes(*rows, [50, 50, 60, 60])
    rule = AnchorSettings(assign="relative", most=most, part=0.7, near=0.5)
    assert _assigned(anchors, _boxes([0, 0, 10, 1]), rule).tolist() == expected


def test_an_anchor_goes_to_the_defect_of_which_it_is_the_better_part():
    # Of the second anchor's IoU, 1/2 and 2/5, the first is 1/2 of the best and the second 4/5.
    anchors = _boxes([0, 0, 10, 10], [0, 0, 10, 5], [0, 0, 10, 4])
    boxes = _boxes([0, 0, 10, 10], [0, 0, 10, 2])
    np.testing.assert_allclose(iou(boxes, anchors), [[1, 0.5, 0.4], [0.2, 0.4, 0.5]])
    rule = AnchorSettings(assign="relative", part=0.4, near=0.4)
    assert _assigned(anchors, boxes, rule).tolist() == [0, 1, 1]
    assert _assigned(anchors, boxes[::-1], rule).tolist() == [1, 0, 0]
    # By IoU it goes to the other.
    by_iou = AnchorSettings(assign="iou", match=0.4, ignore=0.4)
    assert _assigned(anchors, boxes, by_iou).tolist() == [0, 0, 1]


def test_an_iou_that_is_no_background_is_ignored_by_either_rule():
    anchors = _boxes([0, 0, 10, 10], [0, 0, 10, 4.5])
    rule = AnchorSettings(assign="relative", near=0.6)
    assert _assigned(anchors, _boxes([0, 0, 10, 10]), rule).tolist() == [0, IGNORED]


@pytest.mark.parametrize("rule", RULES)
def test_an_overlap_of_nothing_is_no_match(rule):
    """With thresholds of 0 as well: what a defect does not touch is background."""
    anchors = _boxes([0, 0, 10, 10], [5, 5, 15, 15], [50, 50, 60, 60])
    none = AnchorSettings(assign=rule, match=0, ignore=0, part=0, near=0)
    classes, _ = match(anchors, _boxes([0, 0, 10, 10]), np.array([2]), none)
    assert classes.tolist() == [2, 2, BACKGROUND]


@pytest.mark.parametrize("rule", RULES)
def test_a_defect_that_touches_no_anchor_gets_one(rule):
    anchors = _boxes([0, 0, 10, 10], [20, 20, 30, 30])
    classes = _assigned(anchors, _boxes([50, 50, 60, 60]), AnchorSettings(assign=rule))
    assert classes.tolist() == [0, BACKGROUND]


def test_a_thin_defect_gets_its_best_anchor_or_its_best_few():
    anchors = make_anchors((128, 800), BY_IOU)
    crack = _boxes([400, 0, 402, 128])
    assert iou(crack, anchors).max() < BY_IOU.ignore
    for rule, fewest, most in ((BY_IOU, 1, 1), (RELATIVE, 2, RELATIVE.most)):
        classes, offsets = match(anchors, crack, np.array([1]), rule)
        assert fewest <= (classes == 1).sum() <= most
        found = decode(offsets[classes == 1], anchors[classes == 1])
        np.testing.assert_allclose(found, np.repeat(crack, len(found), axis=0), atol=1e-2)


@pytest.mark.parametrize("rule", RULES)
def test_two_truths_do_not_take_one_anchor_from_each_other(rule):
    anchors = _boxes([0, 0, 10, 10], [0, 0, 40, 40])
    twins = _boxes([4, 4, 6, 6], [4, 4, 6, 7])
    assert sorted(_assigned(anchors, twins, AnchorSettings(assign=rule))) == [0, 1]


@pytest.mark.parametrize("rule", RULES)
def test_no_truth_means_background_alone(rule):
    classes, offsets = match(ANCHORS, _boxes(), np.zeros(0, int), AnchorSettings(assign=rule))
    assert (classes == BACKGROUND).all()
    assert not offsets.any()


@settings(deadline=None, max_examples=60)
@given(truths, st.sampled_from([BY_IOU, RELATIVE]))
def test_every_truth_gets_an_anchor(rows, rule):
    boxes = _boxes(*rows)
    classes, offsets = match(ANCHORS, boxes, np.arange(len(boxes)), rule)
    assert set(range(len(boxes))) <= set(classes.tolist())
    matched = classes >= 0
    back = decode(offsets[matched], ANCHORS[matched])
    np.testing.assert_allclose(back, boxes[classes[matched]], atol=0.05)
    assert not offsets[~matched].any()
    again = match(ANCHORS.copy(), boxes.copy(), np.arange(len(boxes)), rule)
    assert all(np.array_equal(*pair) for pair in zip((classes, offsets), again, strict=True))


@settings(deadline=None, max_examples=60)
@given(truths, st.integers(1, 12), st.sampled_from([(0.5, 0.3), (0.7, 0.5), (1.0, 1.0)]))
def test_what_relative_promises(rows, most, thresholds):
    part, near = thresholds
    boxes = _boxes(*rows)
    rule = AnchorSettings(assign="relative", most=most, part=part, near=near)
    owner = _assigned(ANCHORS, boxes, rule)
    overlap = iou(boxes, ANCHORS)
    parts = overlap / overlap.max(axis=1, keepdims=True)
    for defect in range(len(boxes)):
        learned = owner == defect
        assert 1 <= learned.sum() <= most
        # One anchor may be less: the best that is left by others.
        assert (parts[defect, learned] < part).sum() <= (learned.sum() == 1)
        # What it gets is no worse than what is left ignored.
        ignored = overlap[defect, owner == IGNORED]
        assert overlap[defect, learned].min() >= ignored.max(initial=0)
    of_background = owner == BACKGROUND
    assert parts[:, of_background].max(initial=0) < near
    assert overlap[:, of_background].max(initial=0) < rule.ignore
    of_nothing = (parts.max(axis=0) < near) & (overlap.max(axis=0) < rule.ignore)
    assert set(owner[owner == IGNORED][of_nothing[owner == IGNORED]]) == set()


@settings(deadline=None, max_examples=30)
@given(box, st.integers(1, 9))
def test_a_single_truth_gets_its_best_anchors(row, most):
    boxes = _boxes(row)
    rule = AnchorSettings(assign="relative", most=most)
    overlap = iou(boxes, ANCHORS)[0]
    # Of equals the first.
    ranked = sorted(range(len(ANCHORS)), key=lambda index: (-overlap[index], index))[:most]
    expected = [index for index in ranked if overlap[index] >= rule.part * overlap.max()]
    assert np.flatnonzero(_assigned(ANCHORS, boxes, rule) == 0).tolist() == sorted(expected)
