import cv2
import numpy as np
import pytest

from auxnet_cli.data.samples.blending import RIM, blend

SIDE = 60


@pytest.fixture
def mask():
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[25:35, 25:35] = 1
    return mask


@pytest.fixture
def patch(mask):
    """A spot of 60 on a surface of 100."""
    return np.repeat(100 - 40 * mask[:, :, None], 3, axis=2).astype(np.float32)


def plain(level):
    return np.full((SIDE, SIDE, 3), level, np.uint8)


def test_a_soft_edge_brings_the_pixels_as_they_are(patch, mask):
    blended = blend(patch, mask, plain(180), 1.0)
    assert (blended[mask > 0] == 60).all()
    assert (blended[cv2.dilate(mask, np.ones((11, 11))) == 0] == 180).all()


def test_gradients_bring_the_contrast_and_leave_no_step(patch, mask):
    blended = blend(patch, mask, plain(180), 1.0, gradients=True).astype(int)
    assert abs(blended[mask > 0] - 140).max() <= 3
    assert (blended[cv2.dilate(mask, np.ones((RIM, RIM))) == 0] == 180).all()
    around = (cv2.dilate(mask, np.ones((RIM + 2, RIM + 2))) > 0) & (
        cv2.dilate(mask, np.ones((3, 3))) == 0
    )
    assert abs(blended[around] - 180).max() <= 3


def test_what_is_blended_by_gradients_lies_where_it_lay(mask):
    patch = np.full((SIDE, SIDE, 3), 100, np.float32)
    patch[27, 31] = 20
    blended = blend(patch, mask, plain(100), 1.0, gradients=True)
    assert np.unravel_index(blended[:, :, 0].argmin(), mask.shape) == (27, 31)


@pytest.mark.parametrize("gradients", [False, True])
def test_opacity_is_the_part_of_the_contrast(gradients, patch, mask):
    surface = plain(100)
    whole, half, none = (
        100 - blend(patch, mask, surface, opacity, gradients)[30, 30].astype(int)
        for opacity in (1, 0.5, 0)
    )
    assert whole == pytest.approx([40] * 3, abs=2)
    assert half == pytest.approx([20] * 3, abs=2)
    assert not none.any()


@pytest.mark.parametrize("corner", [np.s_[:12, :12], np.s_[-12:, -12:], np.s_[:, :12]])
def test_the_seam_may_leave_the_window(corner):
    mask = np.zeros((30, 30), np.uint8)
    mask[corner] = 1
    patch = np.full((30, 30, 3), 90, np.float32)
    blended = blend(patch, mask, np.full((30, 30, 3), 120, np.uint8), 1.0, gradients=True)
    assert blended.shape == (30, 30, 3)
    assert (blended[cv2.dilate(mask, np.ones((RIM, RIM))) == 0] == 120).all()
