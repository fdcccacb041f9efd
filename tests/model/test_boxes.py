import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from auxnet_cli.model.boxes import SPREAD, decode, encode, iou, suppress


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
    # So few that it has to look at weaker boxes, too, and all.
    st.one_of(st.integers(1, 4), st.just(100)),
)
def test_suppression_is_the_plain_algorithm(rows, random, most):
    boxes = _boxes(*((x, y, x + w, y + h) for (x, y, w, h), _ in rows))
    labels = np.array([label for _, label in rows])
    places = list(range(len(rows)))
    random.shuffle(places)
    scores = (np.array(places, np.float32) + 1) / (len(rows) + 1)
    # Not a ratio of small whole numbers, so that no pair stands right on the threshold.
    found = suppress(boxes, scores, labels, 0.4567, most)
    assert found.tolist() == _plain_suppression(boxes, scores, labels, 0.4567)[:most]


def test_suppression_keeps_at_most_so_many():
    boxes = _boxes([0, 0, 5, 5], [20, 0, 25, 5], [40, 0, 45, 5])
    found = suppress(boxes, np.array([0.3, 0.9, 0.6], np.float32), np.zeros(3, int), 0.5, 2)
    assert found.tolist() == [1, 2]


def test_suppression_of_nothing():
    assert suppress(_boxes(), np.zeros(0, np.float32), np.zeros(0, int), 0.5, 9).tolist() == []
