import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.labels.outlines import Outline, hull_corners

TURN = np.array([[0.8, -0.5, 7.25], [0.4, 0.9, -3.5]])


def blob(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros((40, 60), np.uint8)
    points = rng.integers([0, 0], [60, 40], (int(rng.integers(1, 5)), 2))
    cv2.polylines(mask, [points.astype(np.int32)], True, 1, int(rng.integers(1, 6)))
    return mask


@given(st.integers(0, 10**6))
def test_the_box_is_that_of_all_pixels_and_stays_so_when_they_are_turned(seed):
    rows, columns = np.nonzero(blob(seed))
    corners = np.concatenate(
        [np.stack([columns + x, rows + y], axis=1) for x in (0.0, 1.0) for y in (0.0, 1.0)]
    )
    outline = Outline(0, hull_corners(blob(seed)), 1)
    assert outline.box == (*corners.min(axis=0), *corners.max(axis=0))
    turned = (corners - 0.5) @ TURN[:, :2].T + TURN[:, 2] + 0.5
    expected = (*turned.min(axis=0), *turned.max(axis=0))
    moved = outline.moved(TURN)
    assert moved.box == pytest.approx(expected, abs=1e-4)
    assert (moved.label, moved.number) == (0, 1)


def test_several_pieces_have_one_hull():
    mask = np.zeros((9, 9), np.uint8)
    mask[1, 2] = mask[7, 5] = 1
    outline = Outline(0, hull_corners(mask))
    assert outline.box == (2, 1, 6, 8)
    assert outline.shifted(-2, 3).box == (0, 4, 4, 11)


@pytest.mark.parametrize(
    ("shift", "margin", "inside"),
    [((0, 0), 0, True), ((-2, 0), 0, True), ((-2.01, 0), 0, False), ((0, 1.5), 0, False),
     ((0, 0), 1, True), ((-1.5, 0), 1, False), ((0, 0), 1.5, False)],
)  # fmt: skip
def test_within_an_image(shift, margin, inside):
    corners = np.array([(2, 3), (8, 3), (8, 9), (2, 9)], np.float32) + np.float32(shift)
    assert Outline(0, corners).within(10, 10, margin) is inside
