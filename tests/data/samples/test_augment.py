from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from auxnet_cli.data.images.resize import resize_mask
from auxnet_cli.data.labels.connectivity import pieces
from auxnet_cli.data.labels.outlines import Outline, hull_corners
from auxnet_cli.data.samples.augment import augment, draw_matrix
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.settings import AugmentationSettings

HEIGHT, WIDTH = 48, 80
DARK, BRIGHT = 40, 200
STILL = AugmentationSettings(
    rotation=0, horizontal_flip=False, vertical_flip=False, zoom=0, shear=0, channel_shift=0
)
WILD = AugmentationSettings(rotation=180, zoom=0.3, shear=20, channel_shift=0)
PLACES = st.tuples(
    st.integers(0, HEIGHT - 8), st.integers(0, WIDTH - 8), st.integers(4, 30), st.integers(4, 40)
)


def painted(row, column, height, width, outlined=False):
    """A bright rectangle on dark ground: the defect's mask (or outline) is where it is bright."""
    image = np.full((HEIGHT, WIDTH, 3), DARK, np.uint8)
    bottom, right = min(HEIGHT, row + height), min(WIDTH, column + width)
    image[row:bottom, column:right] = BRIGHT
    instances = np.zeros((HEIGHT, WIDTH, 2), np.uint16)
    if outlined:
        corners = np.array([(column, row), (right, row), (right, bottom), (column, bottom)])
        return Sample(image, instances, (Outline(1, corners.astype(np.float32)),))
    instances[row:bottom, column:right, 1] = 3
    return Sample(image, instances)


def bright(sample, part=0.5):
    return sample.image[..., 0] > DARK + part * (BRIGHT - DARK)


def box_around(mask):
    rows, columns = np.nonzero(mask)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def drawn(sample, settings, seeds):
    return [augment(sample, settings, np.random.default_rng(seed)) for seed in range(seeds)]


@effort(max_examples=60)
@given(PLACES | st.just((0, 0, HEIGHT, 10)), st.integers(0, 10**6))
def test_image_mask_and_box_move_in_step(place, seed):
    """What the border repeats is labelled as what it repeats."""
    sample = augment(painted(*place), WILD, np.random.default_rng(seed))
    mask = sample.masks[..., 1] > 0
    # Between surely bright and surely dark lies the interpolated edge.
    assert mask[bright(sample, 0.9)].all()
    assert not mask[~bright(sample, 0.1)].any()
    assert not sample.masks[..., 0].any()
    assert set(np.unique(sample.instances)) <= {0, 3}
    boxes, labels = sample.boxes
    assert sample.labels.tolist() == [0, float(mask.any())]
    assert labels.tolist() == [1] * int(mask.any())
    if mask.any():
        assert boxes.tolist() == [box_around(mask)]


def cracked(seed, scale=6):
    """A crack a pixel wide on a photograph ``scale`` times as large; its pixels' corners, too."""
    rng = np.random.default_rng((seed, 1))
    fine = np.zeros((HEIGHT * scale, WIDTH * scale), np.uint8)
    ends = rng.integers([25 * scale, 15 * scale], [55 * scale, 33 * scale], (2, 2)).tolist()
    cv2.line(fine, *ends, color=1)
    image = np.full((HEIGHT, WIDTH, 3), DARK, np.uint8)
    instances = np.zeros((HEIGHT, WIDTH, 2), np.uint16)
    instances[..., 1][resize_mask(fine, (HEIGHT, WIDTH)) > 0] = 3
    outline = Outline(1, hull_corners(fine) / np.float32(scale), 3)
    rows, columns = np.nonzero(fine)
    squares = [np.stack([columns + x, rows + y], 1) / scale for x in (0, 1) for y in (0, 1)]
    return Sample(image, instances, (outline,)), np.concatenate(squares)


@effort(max_examples=100)
@given(st.integers(0, 10**6))
def test_a_thin_crack_keeps_its_box_and_stays_in_one_piece(seed):
    """However it is turned: the box is that of the original pixels, to fractions of a pixel."""
    before, corners = cracked(seed)
    settings = AugmentationSettings(rotation=25, zoom=0.2, shear=10)
    after = augment(before, settings, np.random.default_rng(seed))
    matrix = draw_matrix(HEIGHT, WIDTH, settings, np.random.default_rng(seed))
    moved = (corners - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    exact = np.concatenate([moved.min(axis=0), moved.max(axis=0)])
    boxes, labels = after.boxes
    assert labels.tolist() == [1]
    if (exact[:2] >= 0).all() and (exact[2:] <= (WIDTH, HEIGHT)).all():
        assert boxes == pytest.approx(exact[None], abs=1e-3)
        mask = after.masks[..., 1]
        assert pieces(mask) == 1
        # Shrinking moves an end by up to a pixel down and across: 1.7 when it is turned and
        # enlarged. Add half a pixel for turning, and the width of what was a sixth of a pixel.
        assert np.abs(boxes[0] - box_around(mask)).max() <= 3


def test_the_box_at_a_border_is_that_of_what_is_shown():
    """What the border repeats beyond it belongs to the defect, and no hull reaches there."""
    corners = np.array([(0, 10), (20, 10), (20, 22), (0, 22)], np.float32)
    before = replace(painted(10, 0, 12, 20), outlines=(Outline(1, corners, 3),))
    for after in drawn(before, STILL.model_copy(update={"zoom": 0.3}), 20):
        shown = box_around(after.masks[..., 1])
        assert after.boxes[0].tolist() == [shown]
        assert shown[0] == 0


@effort(max_examples=60)
@given(PLACES, st.integers(0, 10**6))
def test_outlines_move_in_step_too(place, seed):
    """Up to the border: what the image repeats beyond it, an outline does not know."""
    row, column, height, width = place
    row, column = min(row + 8, HEIGHT - 20), min(column + 8, WIDTH - 24)
    before = painted(row, column, min(height, 12), min(width, 16), outlined=True)
    settings = WILD.model_copy(update={"zoom": 0.1, "rotation": 15.0})
    sample = augment(before, settings, np.random.default_rng(seed))
    if bright(sample).any():
        # A sharp corner may hold no pixel's centre; the box may not be narrower than what is seen.
        assert sample.boxes[0] == pytest.approx(np.array([box_around(bright(sample))]), abs=2.5)


@pytest.mark.parametrize("outlined", [False, True])
@pytest.mark.parametrize("flips", [{"horizontal_flip": True}, {"vertical_flip": True}])
def test_flips_are_exact(outlined, flips):
    before = painted(5, 9, 10, 20, outlined)
    axis = 1 if "horizontal_flip" in flips else 0
    seen = set()
    for after in drawn(before, STILL.model_copy(update=flips), 20):
        flipped = not np.array_equal(after.image, before.image)
        expected = np.flip(before.image, axis) if flipped else before.image
        assert np.array_equal(after.image, expected)
        assert after.boxes[0] == pytest.approx(np.array([box_around(bright(after))]), abs=1e-4)
        seen.add(flipped)
    assert seen == {True, False}


@pytest.mark.parametrize("outlined", [False, True])
def test_without_changes_the_sample_stays_as_it_is(outlined):
    before = painted(5, 9, 10, 20, outlined)
    (after,) = drawn(before, STILL, 1)
    assert np.array_equal(after.image, before.image)
    assert np.array_equal(after.instances, before.instances)
    np.testing.assert_allclose(after.boxes[0], before.boxes[0], atol=1e-5)


def test_a_seed_repeats_another_differs_and_the_sample_itself_is_not_changed():
    before, settings = painted(5, 9, 10, 20), AugmentationSettings()
    first, other = drawn(before, settings, 2)
    (again,) = drawn(before, settings, 1)
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.instances, again.instances)
    assert not np.array_equal(first.image, other.image)
    assert np.array_equal(before.image, painted(5, 9, 10, 20).image)
    assert np.array_equal(before.instances, painted(5, 9, 10, 20).instances)


def test_grey_stays_grey():
    for after in drawn(painted(5, 9, 10, 20), AugmentationSettings(channel_shift=60), 20):
        assert (after.image == after.image[..., :1]).all()


def test_colours_are_shifted_one_by_one_within_bounds():
    before = painted(5, 9, 10, 20)
    before.image[..., 0] += 5
    shifts = []
    for after in drawn(before, STILL.model_copy(update={"channel_shift": 20.0}), 50):
        shift = np.unique((after.image.astype(int) - before.image).reshape(-1, 3), axis=0)
        assert len(shift) == 1
        shifts.append(shift[0])
    shifts = np.array(shifts)
    assert np.abs(shifts).max() <= 20
    assert (shifts.min(axis=0) < -12).all()
    assert (shifts.max(axis=0) > 12).all()
    assert (shifts[:, 0] != shifts[:, 1]).any()


def test_exposure_scales_the_light_both_ways():
    factors = []
    for after in drawn(painted(5, 9, 10, 20), STILL.model_copy(update={"exposure": 0.25}), 50):
        dark, light = np.unique(after.image.astype(int))
        assert light == pytest.approx(dark * BRIGHT / DARK, abs=3)
        factors.append(light / BRIGHT)
    assert 0.8 - 0.01 <= min(factors) < 0.85
    assert 1.2 < max(factors) <= 1.25 + 0.01


@pytest.mark.parametrize(("grey", "end"), [(0, "min"), (255, "max")])
def test_brightness_does_not_wrap_around(grey, end):
    before = replace(painted(5, 9, 10, 20), image=np.full((HEIGHT, WIDTH, 3), grey, np.uint8))
    samples = drawn(before, STILL.model_copy(update={"channel_shift": 100.0}), 20)
    assert all(abs(int(after.image.flat[0]) - grey) <= 100 for after in samples)
    assert any(getattr(after.image, end)() == grey for after in samples)


@effort(max_examples=40)
@given(st.integers(0, 10**6))
def test_the_settings_bound_what_is_drawn(seed):
    settings = AugmentationSettings(
        rotation=10, zoom=0.2, shear=0, horizontal_flip=False, vertical_flip=False
    )
    matrix = draw_matrix(HEIGHT, WIDTH, settings, np.random.default_rng(seed))
    zoom = np.sqrt(np.linalg.det(matrix[:, :2]))
    assert 0.8 <= zoom <= 1.2
    assert abs(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))) <= 10
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    np.testing.assert_allclose(matrix @ [*middle, 1], middle)
