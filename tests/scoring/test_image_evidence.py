import numpy as np
import pytest
from hypothesis import example, given
from hypothesis.extra.numpy import array_shapes, arrays

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.run_lengths import encode
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.evidence import group_numbers
from auxnet_cli.scoring.flaw_size import flaw_size
from auxnet_cli.scoring.image_evidence import collect_evidence

CLASSES = ("pit", "crack")


def test_what_is_kept_of_an_image(witness, blank):
    taken = witness(
        blank((0, 0, 0, 2, 2)),
        "a/b.png",
        "a/a.png",
        masks=blank((0, 1, 1, 2, 2), (1, 5, 5, 1, 3)),
        scores=[0.7, 0.2],
        boxes=[(1, 0.3, 0, 0, 1, 1), (0, 0.8, 0, 1, 2, 3)],
        defective=True,
    )
    assert (taken.name, taken.group, taken.stopped, taken.defective) == (
        "a/b.png",
        "a/a.png",
        True,
        True,
    )
    assert taken.labels.tolist() == [True, False]
    assert taken.scores.tolist() == pytest.approx([0.7, 0.2])
    assert taken.pixels.tolist() == [[1, 0], [4, 0], [4, 3]]
    assert taken.boxes.tolist() == [
        [0, pytest.approx(0.8), 0, 1, 2, 3],
        [1, pytest.approx(0.3), 0, 0, 1, 1],
    ]
    assert taken.truth.tolist() == [[0, 0, 0, 2, 2]]


def test_heads_that_were_not_built_leave_nothing(witness, blank):
    taken = witness(blank((0, 0, 0, 2, 2)))
    assert taken.scores is taken.pixels is taken.boxes is None
    assert (taken.flaws[0].masked, taken.flaws[0].boxed) == (None, None)


def test_each_defect_tells_whether_it_was_found(witness, blank):
    truth = blank((0, 0, 0, 2, 2), (0, 5, 5, 1, 3), (1, 0, 6, 2, 1))
    taken = witness(
        truth,
        masks=blank((1, 1, 1, 1, 1)),  # of another class: the place is pointed at
        boxes=[
            (0, 0.9, 5, 5, 3, 1),
            (0, 0.4, 0, 0, 2, 2),  # not confident
            (1, 0.9, 5, 0, 3, 8),  # too large for the crack's 2 pixels: IoU 2/24
        ],
    )
    told = [(flaw.label, flaw.area, flaw.length, flaw.masked, flaw.boxed) for flaw in taken.flaws]
    assert told == [
        (0, 4, pytest.approx(2), True, False),
        (0, 3, pytest.approx(3), False, True),
        (1, 2, pytest.approx(2), False, False),
    ]
    assert witness(truth, masks=blank(), boxes=[]).flaws[1].boxed is False


def test_whether_a_box_names_the_defect_rightly(witness, blank):
    truth = blank((0, 0, 0, 2, 2), (1, 5, 5, 1, 3))
    boxes = [(1, 0.9, 0, 0, 2, 2), (0, 0.4, 0, 0, 2, 2), (1, 0.9, 5, 5, 3, 1)]
    taken = witness(truth, boxes=boxes)
    assert [(flaw.boxed, flaw.named) for flaw in taken.flaws] == [(True, False), (True, True)]
    assert witness(truth, boxes=[]).flaws[0].named is False
    assert witness(truth).flaws[0].named is None


def test_a_defect_without_a_mask_has_the_size_of_its_box():
    boxed = Record(1, "a.png", None, 20, 30, (Annotation(1, (4.0, 5.0, 10.0, 3.0), None),))
    masks = np.zeros((20, 30, 2), bool)
    masks[7, 13, 0] = True
    taken = collect_evidence(boxed, Inspection(20, 30, CLASSES, None, masks, None, True), 2)
    assert taken.pixels is None
    assert (taken.flaws[0].area, taken.flaws[0].length, taken.flaws[0].masked) == (30, 10, True)
    masks[7, 13, 0], masks[8, 13, 0] = False, True  # one row below the box
    taken = collect_evidence(boxed, Inspection(20, 30, CLASSES, None, masks, None, True), 2)
    assert taken.flaws[0].masked is False


def test_masks_of_another_size_are_no_match(witness, blank):
    with pytest.raises(ValueError, match=r"\(4, 4, 2\)"):
        witness(blank((0, 0, 0, 2, 2)), masks=np.zeros((4, 4, 2), bool))


def test_a_scratch_across_the_image_is_as_long_as_its_diagonal():
    mask = np.eye(30, dtype=bool)
    assert flaw_size(Annotation(0, (0, 0, 30, 30), encode(mask)), 30, 30) == (
        30,
        pytest.approx(30 * 2**0.5, rel=1e-5),
    )


def rectangles(corners):
    """Sides of the rectangles around points that lie along a line through any two of them."""
    points = np.unique(np.array(corners, float), axis=0)
    first, last = np.triu_indices(len(points), 1)
    x, y = (points[last] - points[first]).T / np.hypot(*(points[last] - points[first]).T)
    return np.array([np.ptp(points @ line, axis=0) for line in ([x, y], [-y, x])])


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9)))
@example(np.array([[0, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0]], bool))
def test_sizes_are_those_of_the_pixels(mask):
    area, length = flaw_size(Annotation(0, (0, 0, 1, 1), encode(mask)), *mask.shape)
    assert area == mask.sum()
    y, x = np.nonzero(mask)
    corners = [(a + i, b + j) for a, b in zip(x, y, strict=True) for i in (0, 1) for j in (0, 1)]
    if not corners:
        assert length == 0
        return
    sides = rectangles(corners)
    areas = sides.prod(axis=0)
    smallest = areas <= areas.min() * (1 + 1e-9)
    assert length == pytest.approx(sides.max(axis=0)[smallest].min(), rel=1e-9)


def test_groups_are_numbered(witness, blank):
    images = [witness(blank(), name, group) for name, group in [("c", "b"), ("a", ""), ("b", "")]]
    assert group_numbers(images).tolist() == [1, 0, 1]


def test_weak_boxes_are_kept_in_order_of_score(record, blank):
    boxes = (Box(0, 0.2, 0, 0, 1, 1), Box(0, 0.9, 0, 0, 2, 2))
    taken = collect_evidence(record(blank()), Inspection(8, 8, CLASSES, None, None, boxes, True), 2)
    assert taken.boxes[:, 1].tolist() == [0.9, 0.2]
