import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from auxnet_cli.model.detection.boxes import SPREAD, decode, encode, iou, strongest, suppress


def _boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


corner = st.integers(0, 200)
box = st.tuples(corner, corner, st.integers(1, 90), st.integers(1, 90))


@given(st.lists(box, min_size=1, max_size=6), st.lists(box, min_size=1, max_size=6))
def test_iou_is_pycocotools(first, second):
    expected = coco_mask.iou(
        np.array(first, float), np.array(second, float), np.zeros(len(second), np.uint8)
    )
    corners = [_boxes(*((x, y, x + w, y + h) for x, y, w, h in rows)) for rows in (first, second)]
    np.testing.assert_allclose(iou(*corners), expected, atol=1e-5)


def test_iou_of_empty_boxes_is_0():
    assert iou(_boxes([5, 5, 5, 5]), _boxes([5, 5, 5, 5])).tolist() == [[0]]


def test_coding_by_hand():
    anchor, truth = _boxes([0, 0, 10, 20]), _boxes([5, 5, 25, 15])
    # Centres (5, 10) → (15, 10); sizes (10, 20) → (20, 10).
    expected = np.array([1.0, 0.0, np.log(2), -np.log(2)]) / SPREAD
    np.testing.assert_allclose(encode(truth, anchor)[0], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(decode(encode(truth, anchor), anchor), truth, atol=1e-4)


def test_a_wild_prediction_does_not_overflow():
    found = decode(_boxes([0, 0, 1e6, 1e6]), _boxes([0, 0, 10, 10]))
    assert np.isfinite(found).all()


def _plain_suppression(boxes, scores, labels, threshold):
    kept = []
    for index in np.argsort(-scores, kind="stable"):
        rivals = [k for k in kept if labels[k] == labels[index]]
        if all(iou(boxes[[index]], boxes[[k]])[0, 0] <= threshold for k in rivals):
            kept.append(int(index))
    return kept


@given(
    st.lists(
        st.tuples(box, st.integers(0, 2)), min_size=1, max_size=20, unique_by=lambda pair: pair[0]
    ),
    st.randoms(use_true_random=False),
)
def test_suppression_is_the_plain_algorithm(rows, random):
    boxes = _boxes(*((x, y, x + w, y + h) for (x, y, w, h), _ in rows))
    labels = np.array([label for _, label in rows])
    places = list(range(len(rows)))
    random.shuffle(places)
    scores = (np.array(places, np.float32) + 1) / (len(rows) + 1)
    # Not a ratio of small whole numbers, so that no pair stands right on the threshold.
    found = suppress(boxes, scores, labels, 0.4567)
    assert found.tolist() == _plain_suppression(boxes, scores, labels, 0.4567)


@given(st.lists(box, min_size=2, max_size=6), st.sampled_from([1, 3, 7]))
def test_a_threshold_of_0_suppresses_any_overlap_and_nothing_else(rows, divisor):
    """Boxes that touch share nothing, whatever fractions their corners are."""
    boxes = _boxes(*((x, y, x + w, y + h) for x, y, w, h in rows)) / np.float32(divisor)
    right = boxes[:, [2, 1, 2, 3]] + [0, 0, 5, 0]  # beside each of them, edge to edge
    boxes = np.concatenate([boxes, right]).astype(np.float32)
    scores = np.linspace(0.9, 0.1, len(boxes)).astype(np.float32)
    labels = np.zeros(len(boxes), int)
    kept = suppress(boxes, scores, labels, 0.0)
    assert kept.tolist() == _plain_suppression(boxes.astype(float), scores, labels, 0.0)


def test_suppression_of_nothing():
    assert suppress(_boxes(), np.zeros(0, np.float32), np.zeros(0, int), 0.5).tolist() == []


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 40))
def test_the_strongest_are_so_many_and_their_equals(numbers, count):
    scores = np.array(numbers, np.float32)
    last = sorted(numbers, reverse=True)[:count][-1:]
    expected = [place for place, number in enumerate(numbers) if [number] >= last]
    assert strongest(scores, count).tolist() == expected
