import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.data.labels.instances import components
from auxnet_cli.documents.coding import JOINING_GAP
from auxnet_cli.inference.mask_boxes import image_boxes
from auxnet_cli.inspection import Box
from auxnet_cli.settings import DecisionSettings

SIZE = 100, 200
REACH = round(JOINING_GAP * min(SIZE) / 2)
SCORES = np.array([0.9, 0.4], np.float32)


def heat(*places, background=0.0):
    """Probabilities (100, 200, 2) from label, probability, x, y, width, height."""
    probabilities = np.full((*SIZE, 2), background, np.float32)
    for label, probability, x, y, width, height in places:
        probabilities[y : y + height, x : x + width, label] = probability
    return probabilities


def boxed(probabilities, scores=None, boxes=(), mode="masks", **decision):
    settings = DecisionSettings(boxes=mode, **{"mask_area": 0, **decision})
    return image_boxes(probabilities, scores, boxes, settings)


def sides(box):
    return box.label, box.x, box.y, box.width, box.height


def test_the_boxes_of_the_head_stay_as_they_are():
    boxes = Box(1, 0.3, 1, 2, 3, 4), Box(0, 0.04, 5, 6, 7, 8)
    probabilities = heat((0, 0.9, 10, 20, 30, 8))
    assert boxed(probabilities, SCORES, boxes, "head") == boxes


def test_a_region_gets_the_box_around_it():
    probabilities = heat((1, 0.8, 10, 20, 30, 8))
    (box,) = boxed(probabilities)
    assert sides(box) == (1, 10, 20, 30, 8)
    assert (box.score, box.source) == (pytest.approx(0.8), "mask")


def test_at_the_border_of_the_image():
    probabilities = heat((0, 0.8, 0, 0, 200, 5), (1, 0.9, 190, 60, 10, 40))
    assert [sides(box) for box in boxed(probabilities)] == [
        (1, 190, 60, 10, 40),
        (0, 0, 0, 200, 5),
    ]


def test_only_pixels_of_the_mask_count():
    probabilities = heat((0, 0.4, 0, 0, 100, 100), (0, 0.6, 20, 20, 9, 9))
    probabilities[24, 20, 0] = 0.96
    (box,) = boxed(probabilities)
    assert sides(box) == (0, 20, 20, 9, 9)
    assert box.score == pytest.approx(0.6 + 0.36 / 81)


def test_regions_meet_at_corners_as_labels_do():
    probabilities = heat((0, 0.8, 10, 10, 5, 5), (0, 0.8, 15, 15, 5, 5))
    assert [sides(box) for box in boxed(probabilities)] == [(0, 10, 10, 10, 10)]


def test_pieces_with_a_small_gap_are_one_defect():
    for gap, found in ((2 * REACH, 1), (2 * REACH + 1, 2)):
        probabilities = heat((0, 0.8, 10, 10, 20, 5), (0, 0.8, 30 + gap, 10, 20, 5))
        assert len(boxed(probabilities)) == found
    apart = heat((0, 0.8, 10, 10, 20, 5), (1, 0.8, 30, 10, 20, 5))
    assert len(boxed(apart)) == 2, "of different classes"


def test_tiny_regions_are_dropped():
    probabilities = heat((0, 0.9, 10, 10, 2, 2), (0, 0.9, 60, 10, 2, 3))
    # 100 × 200 × 0.00025 = 5 pixels
    assert [sides(box) for box in boxed(probabilities, mask_area=0.00025)] == [(0, 60, 10, 2, 3)]


def test_weak_boxes_are_dropped_and_the_strongest_come_first():
    probabilities = heat((0, 0.6, 10, 10, 5, 5), (0, 0.9, 60, 10, 5, 5), (0, 0.7, 90, 60, 5, 5))
    assert [box.x for box in boxed(probabilities)] == [60, 90, 10]
    assert [box.x for box in boxed(probabilities, max_boxes=2)] == [60, 90]
    assert [box.x for box in boxed(probabilities, box_floor=0.65)] == [60, 90]
    assert boxed(heat()) == ()


@given(
    arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(2)),
           elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
    st.sampled_from([0.25, 0.5, 0.75]),
)  # fmt: skip
def test_small_images_have_the_boxes_of_the_labels_rule(probabilities, threshold):
    """Up to 30 pixels no gap is joined, and prediction and truth go by the same rule."""
    found = boxed(probabilities, mask_score=threshold, box_floor=0, max_boxes=10_000)
    expected = [
        (label, *instance.box)
        for label in range(2)
        for instance in components(probabilities[..., label] >= threshold)
    ]
    assert sorted(map(sides, found)) == sorted(expected)


def test_the_class_score_counts_as_much_as_the_mask():
    probabilities = heat((0, 0.8, 10, 10, 20, 20), (1, 0.8, 60, 10, 20, 20))
    found = boxed(probabilities, SCORES)
    assert [box.score for box in found] == pytest.approx([(0.8 * 0.9) ** 0.5, (0.8 * 0.4) ** 0.5])


PLACE = heat((0, 0.6, 20, 20, 40, 40))


def fused(*boxes, probabilities=PLACE, scores=None, **decision):
    return boxed(probabilities, scores, boxes, "fused", **decision)


def test_a_box_of_the_head_confirms_the_region_that_it_overlaps():
    for score, strong in ((0.5, 0.6), (0.7, 0.7)):
        (box,) = fused(Box(0, 0.2, 22, 20, 40, 40), Box(0, score, 20, 30, 40, 40))
        assert sides(box) == (0, 20, 20, 40, 40)
        assert (box.score, box.source) == (pytest.approx(strong), "fused")


def test_without_the_head_regions_stand_as_they_are():
    assert fused() == boxed(PLACE)
    assert fused(probabilities=heat()) == ()


@pytest.mark.parametrize(
    ("box", "mean"),
    [
        (Box(1, 0.9, 20, 20, 40, 40), 0.1),  # of another class
        (Box(0, 0.9, 120, 20, 40, 40), 0.1),  # elsewhere
        (Box(0, 0.9, 20, 20, 19, 40), 0.6),  # less than half of it
        (Box(0, 0.9, 40, 20, 100, 40), 0.1 + 0.5 * 2 / 8),  # more beside it than on it
        (Box(0, 0.9, 199.5, 99.5, 0.5, 0.5), 0.1),
    ],
)
def test_other_boxes_of_the_head_count_as_much_as_masks_and_classes_say(box, mean):
    probabilities = np.maximum(PLACE, np.float32(0.1))
    for scores in None, SCORES:
        found = fused(box, probabilities=probabilities, scores=scores)
        evidence = mean if scores is None else (mean * scores[box.label]) ** 0.5
        (alone,) = (one for one in found if one.source == "head")
        assert sides(alone) == sides(box)
        assert alone.score == pytest.approx(0.9 * evidence)
        assert sum(one.source == "mask" for one in found) == 1


def test_the_overlap_that_confirms_is_a_setting():
    box = Box(0, 0.9, 20, 20, 20, 40)  # half of the region
    assert [one.source for one in fused(box)] == ["fused"]
    assert {one.source for one in fused(box, nms_iou=0.51)} == {"mask", "head"}
    touching = Box(0, 0.9, 60, 20, 10, 10)
    assert {one.source for one in fused(touching, nms_iou=0, box_floor=0)} == {"mask", "head"}


def test_a_good_image_keeps_none_of_the_heads_doubts():
    doubts = [Box(n % 2, 0.3, float(2 * n), 10, 20, 20) for n in range(50)]
    quiet = heat(background=0.01)
    assert fused(*doubts, probabilities=quiet, scores=np.float32([0.05, 0.02])) == ()


BOXES = st.builds(
    Box, st.integers(0, 1), st.floats(0.05, 1), *[st.floats(0, 20)] * 2, *[st.floats(0.5, 20)] * 2
)
FINE = st.sampled_from([0.0, 0.1, 0.4, 0.5, 0.9, 1.0])


@given(
    arrays(np.float32, st.tuples(st.integers(20, 40), st.integers(20, 40), st.just(2)),
           elements=FINE),
    st.none() | arrays(np.float32, 2, elements=FINE),
    st.lists(BOXES, max_size=8),
    st.sampled_from(["masks", "fused"]),
    st.integers(1, 30),
)  # fmt: skip
def test_boxes_are_ordered_bounded_and_within_the_image(probabilities, scores, boxes, mode, most):
    height, width, _ = probabilities.shape
    found = boxed(probabilities, scores, boxes, mode, max_boxes=most)
    strengths = [box.score for box in found]
    assert strengths == sorted(strengths, reverse=True)
    assert len(found) <= most
    assert all(0.05 <= score <= 1 for score in strengths)
    given_by_the_head = {sides(box) for box in boxes}
    for box in found:
        if box.source == "head":
            assert mode == "fused"
            assert sides(box) in given_by_the_head
        else:
            assert 0 <= box.x < box.x + box.width <= width
            assert 0 <= box.y < box.y + box.height <= height
