import math

import numpy as np
import pytest

from auxnet_cli.backend import compiled, ops
from auxnet_cli.model.detection.box_losses import anchor_loss, overlaps
from auxnet_cli.model.detection.boxes import decode, encode, iou
from auxnet_cli.settings import LossSettings

PAPER = LossSettings(boxes="smooth-l1", box_scores="focal", focal_gamma=4)
SIZE_LIMIT = math.log(1000 / 16)

tensor = ops.convert_to_tensor


def _boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def _overlaps(first, second):
    return [ops.convert_to_numpy(found) for found in overlaps(tensor(first), tensor(second))]


@pytest.mark.parametrize(
    ("first", "second", "of_union", "general"),
    [
        ([0, 0, 2, 2], [0, 0, 2, 2], 1, 1),
        # Shared 1, union 7, around both 9.
        ([0, 0, 2, 2], [1, 1, 3, 3], 1 / 7, 1 / 7 - 2 / 9),
        # One in the other: nothing around them is left.
        ([0, 0, 4, 4], [1, 1, 3, 2], 2 / 16, 2 / 16),
        # Apart: union 2, around both 3; corner to corner, 2 and 4; far apart, 2 and 101.
        ([0, 0, 1, 1], [2, 0, 3, 1], 0, 2 / 3 - 1),
        ([0, 0, 1, 1], [1, 1, 2, 2], 0, 2 / 4 - 1),
        ([0, 0, 1, 1], [100, 0, 101, 1], 0, 2 / 101 - 1),
        # A cross: shared 1, union 5, around both 9.
        ([0, 1, 3, 2], [1, 0, 2, 3], 1 / 5, 1 / 5 - 4 / 9),
    ],
)
@pytest.mark.parametrize("anchor", [[0, 0, 2, 2], [-3, 1, 7, 2]])
def test_overlaps_by_hand(first, second, of_union, general, anchor):
    offsets = [encode(_boxes(row), _boxes(anchor)) for row in (first, second)]
    for pair in (offsets, offsets[::-1]):
        found = np.concatenate(_overlaps(*pair))
        np.testing.assert_allclose(found, [of_union, general], atol=2e-6)


def test_overlaps_are_those_of_the_decoded_boxes():
    rng = np.random.default_rng(0)
    anchors = rng.uniform(0, 50, (500, 4)).astype(np.float32)
    anchors[:, 2:] = anchors[:, :2] + rng.uniform(1, 40, (500, 2))
    first, second = rng.normal(0, 4, (2, 500, 4)).astype(np.float32)
    boxes = decode(first, anchors), decode(second, anchors)
    found, general = _overlaps(first, second)
    np.testing.assert_allclose(found, np.diag(iou(*boxes)), atol=1e-5)
    low, high = np.minimum(*boxes)[:, :2], np.maximum(*boxes)[:, 2:]
    around = (high - low).astype(float).prod(axis=1)
    areas = [(box[:, 2:] - box[:, :2]).astype(float).prod(axis=1) for box in boxes]
    union = sum(areas) / (1 + found)
    np.testing.assert_allclose(general, found - (around - union) / around, atol=1e-4)
    assert general.min() >= -1
    assert general.max() <= 1


def test_sizes_are_limited_as_in_decoding():
    wild = np.array([[0, 0, 1e6, 1e6]], np.float32)
    widest = np.array([[0, 0, SIZE_LIMIT / 0.2, SIZE_LIMIT / 0.2]], np.float32)
    assert _overlaps(wild, widest)[0] == pytest.approx(1, rel=1e-5)


WILD = [[1e30] * 4, [-1e30] * 4, [1e30, -1e30, 0, 0], [0, 0, -1e30, 1e30], [0, 0, 20.6, 20.8]]


@pytest.mark.parametrize("kind", ["giou", "smooth-l1"])
@pytest.mark.parametrize("offsets", [*WILD, [0] * 4, [60, 0, 0, 0], [0, 0, -300, -300]])
def test_slopes_are_finite(gradient, offsets, kind):
    settings = LossSettings(boxes=kind)
    classes, wanted = tensor(np.array([[0, -1, -2]], np.int32)), tensor(np.zeros((1, 3, 4), "f"))
    logits = np.array([[[-1e4], [1e4], [0]]], np.float32)

    def of_boxes(boxes):
        return anchor_loss(classes, wanted, tensor(logits), boxes, settings)

    def of_scores(scores):
        return anchor_loss(classes, wanted, scores, tensor(boxes), settings)

    boxes = np.tile(np.array(offsets, np.float32), (1, 3, 1))
    assert np.isfinite(gradient(of_boxes, boxes)).all()
    slopes = gradient(of_scores, logits)
    assert np.isfinite(slopes).all()
    assert not slopes[0, 2].any()


@pytest.mark.parametrize(("shift", "sign"), [(20, 1), (-20, -1), (500, 1), (-500, -1)])
def test_boxes_that_do_not_touch_are_drawn_together(gradient, shift, sign):
    wanted = tensor(np.zeros((1, 4), np.float32))
    boxes = np.array([[shift, 0, 0, 0]], np.float32)
    slope = gradient(lambda boxes: ops.sum(1 - overlaps(wanted, boxes)[1]), boxes)[0]
    assert slope[0] * sign > 0
    assert slope[1] == pytest.approx(0, abs=1e-6)


def _loss(classes, scores, boxes=None, settings=PAPER, dtype="float32"):
    offsets = np.zeros((*np.shape(classes), 4), np.float32)
    boxes = offsets if boxes is None else np.array(boxes, np.float32)
    classes, offsets = tensor(np.array(classes, np.int32)), tensor(offsets)
    scores, boxes = (ops.cast(np.array(given, "f"), dtype) for given in (scores, boxes))
    return float(anchor_loss(classes, offsets, scores, boxes, settings))


# One assigned anchor, one ignored, one background; p = 1/2 everywhere; the box of the first is off
# by two offsets, a fifth of its width: shared 0.8, union and around both 1.2.
CASE = [[0, -2, -1]], np.zeros((1, 3, 1)), [[[2, 0, 0, 0], [9] * 4, [9] * 4]]
FOCAL = (0.25 + 0.75) * 0.5**4 * math.log(2)
VARIFOCAL = (2 / 3 + 0.75 * 0.5**2) * math.log(2)


@pytest.mark.parametrize(
    ("boxes", "scores", "gamma", "expected"),
    [
        ("smooth-l1", "focal", 4, FOCAL + 1.5 / 4),
        ("giou", "focal", 4, FOCAL + 2 / 3),
        ("smooth-l1", "varifocal", 2, VARIFOCAL + 1.5 / 4),
        ("giou", "varifocal", 2, VARIFOCAL + 2 / 3),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_by_hand(boxes, scores, gamma, expected, dtype):
    settings = LossSettings(boxes=boxes, box_scores=scores, focal_gamma=gamma)
    assert _loss(*CASE, settings, dtype) == pytest.approx(expected, rel=1e-5)


def test_it_is_divided_by_the_assigned_anchors_of_the_batch():
    twice = [np.concatenate([values] * 2, axis=1) for values in CASE]
    for settings in (PAPER, LossSettings()):
        assert _loss(*twice, settings) == pytest.approx(_loss(*CASE, settings), rel=1e-5)


def test_good_parts_alone_teach_the_class_subnet():
    loud = _loss([[-1, -1]], np.zeros((1, 2, 1)))
    assert loud == pytest.approx(2 * 0.75 * 0.5**4 * math.log(2), rel=1e-5)
    for settings in (PAPER, LossSettings()):
        loud = _loss([[-1, -1]], np.zeros((1, 2, 1)), settings=settings)
        assert _loss([[-1, -1]], np.full((1, 2, 1), -9.0), settings=settings) < loud / 1000


def _slopes(gradient, settings, logits):
    """Slopes of the loss of ``CASE`` by the logits and by the boxes."""
    classes, boxes = tensor(np.array(CASE[0], np.int32)), np.array(CASE[2], np.float32)
    wanted = tensor(np.zeros((1, 3, 4), np.float32))

    def loss(logits, boxes):
        return anchor_loss(classes, wanted, logits, boxes, settings)

    return (
        gradient(lambda given: loss(given, tensor(boxes)), logits),
        gradient(lambda given: loss(tensor(logits), given), boxes),
    )


def test_a_score_that_is_the_iou_stays(gradient):
    logits = np.array([[[math.log(2)], [0], [0]]], np.float32)  # 2/3
    by_varifocal, _ = _slopes(gradient, LossSettings(box_scores="varifocal"), logits)
    by_focal, _ = _slopes(gradient, LossSettings(box_scores="focal"), logits)
    assert by_varifocal[0, 0] == pytest.approx(0, abs=1e-6)
    assert by_focal[0, 0] < -1e-3
    assert by_varifocal[0, 2] > 0


@pytest.mark.parametrize("boxes", ["giou", "smooth-l1"])
def test_boxes_do_not_move_to_please_the_scores(gradient, boxes):
    found = [
        _slopes(gradient, LossSettings(boxes=boxes, box_scores=scores), CASE[1].astype("f"))[1]
        for scores in ("varifocal", "focal")
    ]
    np.testing.assert_allclose(*found, atol=1e-7)


def test_a_graph_computes_the_same():
    classes, scores, boxes = CASE
    arrays = np.array(classes, np.int32), np.zeros((1, 3, 4), "f"), scores.astype("f")
    arrays = [tensor(array) for array in (*arrays, np.array(boxes, np.float32))]
    settings = LossSettings()
    found = compiled(lambda *given: anchor_loss(*given, settings))(*arrays)
    assert float(found) == pytest.approx(_loss(*CASE, settings), rel=1e-5)
