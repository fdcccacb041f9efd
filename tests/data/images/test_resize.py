import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from auxnet_cli.data.images.resize import blank_thumbnail, resize_image, resize_mask, thumbnail
from auxnet_cli.data.labels.connectivity import pieces

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
    small = resize_mask(mask, (new_height, new_width))
    assert set(np.unique(small)) <= {0, 1}
    rows, columns = np.nonzero(small)
    assert len(rows) >= 1
    # It stays within a pixel, old or new, of its place.
    down, across = new_height / height, new_width / width
    assert (np.abs(rows + 0.5 - (row + 0.5) * down) <= max(1, down)).all()
    assert (np.abs(columns + 0.5 - (column + 0.5) * across) <= max(1, across)).all()


@given(SIDES, SIDES, SIDES, SIDES, st.sampled_from([0, 1]))
def test_an_even_mask_stays_even(height, width, new_height, new_width, value):
    mask = np.full((height, width), value, np.uint8)
    small = resize_mask(mask, (new_height, new_width))
    assert small.shape == (new_height, new_width)
    assert small.dtype == np.uint8
    assert (small == value).all()


def test_half_covered_pixels_belong_to_the_defect():
    mask = np.zeros((4, 8), np.uint8)
    mask[:, 1:7] = 1  # covers half of the first and the last pair
    mask[0, 1] = mask[1, 1] = 0  # and now a quarter of the first, in the upper row
    assert resize_mask(mask, (2, 4)).tolist() == [[0, 1, 1, 1], [1, 1, 1, 1]]


def drawn_line(height, width, start, end, thickness=1):
    mask = np.zeros((height, width), np.uint8)
    cv2.line(mask, start, end, color=1, thickness=thickness)
    return mask


def box(mask, scale=(1.0, 1.0)):
    """x1, y1, x2, y2 of the pixels, in units of ``scale`` (down, across)."""
    rows, columns = np.nonzero(mask)
    down, across = scale
    left, top = columns.min() * across, rows.min() * down
    return np.array([left, top, (columns.max() + 1) * across, (rows.max() + 1) * down])


FACTORS = st.tuples(st.floats(1, 16), st.floats(1, 16))
POINTS = st.tuples(st.floats(0, 1), st.floats(0, 1))


@effort(max_examples=250)
@given(st.integers(8, 60), st.integers(8, 60), FACTORS, POINTS, POINTS)
def test_a_line_one_pixel_wide_stays_in_one_piece_from_end_to_end(
    new_height, new_width, factors, start, end
):
    """At any angle, shrunk up to 16 times, by another factor down than across."""
    height, width = round(new_height * factors[0]), round(new_width * factors[1])
    ends = [(int(x * (width - 1)), int(y * (height - 1))) for x, y in (start, end)]
    mask = drawn_line(height, width, *ends)
    small = resize_mask(mask, (new_height, new_width))
    assert pieces(small) == 1
    scale = new_height / height, new_width / width
    assert np.abs(box(small) - box(mask, scale)).max() <= 1 + 1e-6
    # Both ends within a pixel, not only the box.
    rows, columns = np.nonzero(small)
    for x, y in ends:
        far = np.maximum(
            np.abs(rows + 0.5 - (y + 0.5) * scale[0]), np.abs(columns + 0.5 - (x + 0.5) * scale[1])
        )
        assert far.min() <= 1.5
    # It is not smeared either: about one pixel a step of the longer side, and two where the line
    # covers as much of one row as of the next: the second of three rows that become two.
    length = max(np.ptp(rows), np.ptp(columns)) + 1
    assert len(rows) <= 2 * length


@pytest.mark.parametrize("thickness", [1, 2, 3])
def test_a_crack_in_a_large_photograph(thickness):
    """Of 2 px width one pixel was left at 192 × 192, of 3 px 36 pixels in 18 pieces."""
    mask = drawn_line(2056, 2464, (200, 300), (2300, 1500), thickness)
    small = resize_mask(mask, (192, 192))
    assert pieces(small) == 1
    assert np.abs(box(small) - box(mask, (192 / 2056, 192 / 2464))).max() <= 1
    assert 150 < small.sum() < 200


def test_a_thin_tail_stays_on_a_thick_defect():
    mask = np.zeros((400, 400), np.uint8)
    cv2.circle(mask, (100, 200), 60, 1, -1)
    tail = drawn_line(400, 400, (160, 200), (380, 170), 2)
    small = resize_mask(mask | tail, (40, 40))
    alone = resize_mask(mask, (40, 40))
    assert pieces(small) == 1
    assert (small >= alone).all()
    assert not (small[:, :16] > alone[:, :16]).any()  # the thick part has not grown
    assert box(small)[2] == pytest.approx(38, abs=1)


@given(st.integers(0, 10**6))
def test_a_thick_defect_has_the_pixels_that_it_covers_by_half(seed):
    rng = np.random.default_rng(seed)
    height, width = (int(side) for side in rng.integers(60, 400, 2))
    size = int(height / rng.uniform(1, 6)), int(width / rng.uniform(1, 6))
    mask = np.zeros((height, width), np.uint8)
    axes = (int(3 * width / size[1]) + 1, int(3 * height / size[0]) + 1)
    cv2.ellipse(mask, (width // 2, height // 2), axes, 0, 0, 360, 1, -1)
    cover = cv2.resize(mask.astype(np.float32), size[::-1], interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize_mask(mask, size), cover >= 0.5)


def test_where_one_side_grows_a_thin_defect_stays_in_one_piece_too():
    mask = drawn_line(400, 50, (3, 5), (45, 390))
    small = resize_mask(mask, (60, 192))
    assert pieces(small) == 1
    assert np.abs(box(small) - box(mask, (60 / 400, 192 / 50))).max() <= 192 / 50


@pytest.mark.parametrize("size", [(1, 1), (8, 9), (64, 64), (256, 1600), (1600, 20)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_thumbnail_keeps_the_kind_and_averages_areas(size, kind):
    small = thumbnail(np.full((*size, 3), 201, kind))
    assert (small.shape, small.dtype) == ((64, 64), kind)
    assert np.all(abs(small.astype(int) - 201) <= 1)
    stripes = np.zeros((640, 640, 3), kind)
    stripes[::2] = 200
    assert np.all(thumbnail(stripes) == 100)
    assert not blank_thumbnail().any()
