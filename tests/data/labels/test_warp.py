import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from auxnet_cli.data.labels.connectivity import pieces
from auxnet_cli.data.labels.warp import warp_instances
from auxnet_cli.data.samples.augment import draw_matrix
from auxnet_cli.settings import AugmentationSettings

SIZE = (48, 80)
WILD = AugmentationSettings(rotation=180, zoom=0.5, shear=20)


def nearest(instances, matrix, border=cv2.BORDER_REPLICATE):
    return cv2.warpAffine(instances, matrix, SIZE[::-1], flags=cv2.INTER_NEAREST, borderMode=border)


def matrix_of(seed, settings=WILD):
    return draw_matrix(*SIZE, settings, np.random.default_rng(seed))


@effort(max_examples=200)
@given(st.integers(0, 10**6))
def test_a_line_one_pixel_wide_stays_in_one_piece(seed):
    """At any angle, turned, sheared, shrunk to half or enlarged; none of its pixels is lost."""
    rng = np.random.default_rng((seed, 1))
    ends = rng.integers([25, 14], [56, 35], (2, 2)).tolist()
    instances = np.zeros(SIZE, np.uint16)
    cv2.line(instances, *ends, color=7)
    matrix = matrix_of(seed)
    warped = warp_instances(instances, matrix, SIZE, cv2.BORDER_REPLICATE)
    mask = (warped == 7).astype(np.uint8)
    assert set(np.unique(warped)) == {0, 7}
    rows, columns = np.nonzero(instances)
    x, y = np.rint(np.stack([columns, rows], 1) @ matrix[:, :2].T + matrix[:, 2]).astype(int).T
    shown = (x >= 0) & (x < SIZE[1]) & (y >= 0) & (y < SIZE[0])
    assert cv2.dilate(mask, np.ones((3, 3)))[y[shown], x[shown]].all()
    if shown.all():
        assert pieces(mask) == 1
        assert (warped > 0)[nearest(instances, matrix) > 0].all()


@given(st.integers(0, 10**6))
def test_thick_defects_are_warped_as_ever(seed):
    rng = np.random.default_rng((seed, 1))
    instances = np.zeros(SIZE, np.uint16)
    for number in (1, 2):
        centre = (int(rng.integers(10, 30)) + 36 * (number - 1), int(rng.integers(12, 36)))
        axes = rng.integers(5, 10, 2).tolist()
        cv2.ellipse(instances, centre, axes, int(rng.integers(180)), 0, 360, number, -1)
    matrix = matrix_of(seed, AugmentationSettings(rotation=180, zoom=0.2))
    warped = warp_instances(instances, matrix, SIZE, cv2.BORDER_REPLICATE)
    changed = warped != nearest(instances, matrix)
    assert np.count_nonzero(changed) <= 2  # the tip of an ellipse may be kept
    assert not nearest(instances, matrix)[changed].any()


def test_a_speck_is_not_lost():
    half = np.array([[0.4, 0, 0.3], [0, 0.4, 0.3]])
    for row in range(5, 15):
        instances = np.zeros(SIZE, np.uint16)
        instances[row, 20] = 3
        assert (warp_instances(instances, half, SIZE) == 3).sum() == 1


def test_parts_that_touch_at_a_corner_stay_together():
    instances = np.zeros(SIZE, np.uint16)
    instances[10:20, 20:30] = instances[20:30, 30:40] = 5
    apart = 0
    for angle in range(0, 360, 7):
        matrix = cv2.getRotationMatrix2D((29.3, 19.6), angle, 1.0)
        apart += pieces((nearest(instances, matrix) > 0).astype(np.uint8)) > 1
        assert pieces((warp_instances(instances, matrix, SIZE) > 0).astype(np.uint8)) == 1
    assert apart > 3


def test_a_line_does_not_cover_its_neighbour():
    instances = np.zeros(SIZE, np.uint16)
    cv2.line(instances, (20, 20), (60, 31), color=1)
    instances[24:26, 40:44] = 2
    for seed in range(20):
        matrix = matrix_of(seed, AugmentationSettings(rotation=30, zoom=0.2))
        plain = nearest(instances, matrix, cv2.BORDER_CONSTANT)
        warped = warp_instances(instances, matrix, SIZE)
        assert (warped[plain > 0] == plain[plain > 0]).all()


@pytest.mark.parametrize("border", [cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT])
def test_beyond_the_border(border):
    instances = np.zeros(SIZE, np.uint16)
    instances[20, :] = 4
    matrix = np.array([[0.5, 0, 20.0], [0, 1, 0]])
    shown = warp_instances(instances, matrix, SIZE, border)[20] == 4
    assert shown.all() == (border == cv2.BORDER_REPLICATE)
    assert shown[20:60].all()
