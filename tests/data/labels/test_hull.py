import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.labels.hull import Hull, hull_corners

TURN = np.array([[0.8, -0.5, 7.25], [0.4, 0.9, -3.5]])


def blob(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros((40, 60), np.uint8)
    points = rng.integers([0, 0], [60, 40], (int(rng.integers(1, 5)), 2))
    cv2.polylines(mask, [points.astype(np.int32)], True, 1, int(rng.integers(1, 6)))
    return mask


def squares(mask):
    """The corners of all pixels, (corners, 2)."""
    rows, columns = np.nonzero(mask)
    pixels = np.stack([columns, rows], axis=1)
    return np.concatenate([pixels + np.array([x, y]) for x in (0, 1) for y in (0, 1)]).astype(float)


@given(st.integers(0, 10**6))
def test_the_box_is_that_of_all_pixels_and_stays_so_when_they_are_turned(seed):
    corners = squares(blob(seed))
    hull = Hull(1, 0, hull_corners(blob(seed)))
    assert hull.box == (*corners.min(axis=0), *corners.max(axis=0))
    turned = (corners - 0.5) @ TURN[:, :2].T + TURN[:, 2] + 0.5
    expected = (*turned.min(axis=0), *turned.max(axis=0))
    assert hull.moved(TURN).box == pytest.approx(expected, abs=1e-4)
    assert (hull.moved(TURN).number, hull.moved(TURN).label) == (1, 0)


def test_several_pieces_have_one_hull():
    mask = np.zeros((9, 9), np.uint8)
    mask[1, 2] = mask[7, 5] = 1
    assert Hull(1, 0, hull_corners(mask)).box == (2, 1, 6, 8)


@pytest.mark.parametrize(
    ("shift", "margin", "inside"),
    [((0, 0), 0, True), ((-2, 0), 0, True), ((-2.01, 0), 0, False), ((0, 1.5), 0, False),
     ((0, 0), 1, True), ((-1.5, 0), 1, False), ((0, 0), 1.5, False)],
)  # fmt: skip
def test_within_an_image(shift, margin, inside):
    corners = np.array([(2, 3), (8, 3), (8, 9), (2, 9)], np.float32) + np.float32(shift)
    assert Hull(1, 0, corners).within(10, 10, margin) is inside
