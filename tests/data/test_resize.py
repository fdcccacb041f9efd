import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.resize import resize_image, resize_mask

SIDES = st.integers(1, 60)


def test_the_right_size_is_left_alone():
    image = np.zeros((4, 6, 3), np.uint8)
    assert resize_image(image, (4, 6)) is image
    assert resize_mask(image[..., 0], (4, 6)).base is image


@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 255))
def test_an_even_image_stays_even(height, width, new_height, new_width, grey):
    image = np.full((height, width, 3), grey, np.uint8)
    small = resize_image(image, (new_height, new_width))
    assert small.shape == (new_height, new_width, 3)
    assert small.dtype == np.uint8
    assert (small == grey).all()


def test_shrinking_averages():
    image = np.zeros((4, 4, 3), np.uint8)
    image[1, 2] = (80, 40, 20)
    small = resize_image(image, (2, 2))
    assert small[0, 1].tolist() == [20, 10, 5]
    assert small.sum() == 35


@pytest.mark.parametrize("size", [(20, 100), (5, 2000), (20, 2000), (5, 100)])
def test_a_thin_line_never_falls_between_samples(size):
    """Also where one side shrinks while the other grows."""
    for column in range(30, 50):
        image = np.zeros((10, 1000, 3), np.uint8)
        image[:, column] = 255
        assert resize_image(image, size).max() >= 25


@given(SIDES, SIDES, SIDES, SIDES, st.data())
def test_no_defect_is_lost_or_flung_about(height, width, new_height, new_width, data):
    row = data.draw(st.integers(0, height - 1))
    column = data.draw(st.integers(0, width - 1))
    mask = np.zeros((height, width), np.uint8)
    mask[row, column] = 1
    found = resize_mask(mask, (new_height, new_width))
    assert set(np.unique(found)) <= {0, 1}
    rows, columns = np.nonzero(found)
    assert len(rows) >= 1
    # It stays within a pixel, old or new, of its place.
    down, across = new_height / height, new_width / width
    assert (np.abs(rows + 0.5 - (row + 0.5) * down) <= max(1, down)).all()
    assert (np.abs(columns + 0.5 - (column + 0.5) * across) <= max(1, across)).all()


@given(SIDES, SIDES, SIDES, SIDES, st.sampled_from([0, 1]))
def test_an_even_mask_stays_even(height, width, new_height, new_width, value):
    mask = np.full((height, width), value, np.uint8)
    found = resize_mask(mask, (new_height, new_width))
    assert found.shape == (new_height, new_width)
    assert found.dtype == np.uint8
    assert (found == value).all()


def test_half_covered_pixels_belong_to_the_defect():
    mask = np.zeros((4, 8), np.uint8)
    mask[:, 1:7] = 1  # covers half of the first and the last pair
    mask[0, 1] = mask[1, 1] = 0  # and now a quarter of the first, in the upper row
    assert resize_mask(mask, (2, 4)).tolist() == [[0, 1, 1, 1], [1, 1, 1, 1]]
