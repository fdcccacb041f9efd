import cv2
import numpy as np
import pytest

from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.data.synthetic import photographs
from auxnet_cli.data.synthetic.photographs import CLASSES, draw_defects

SIZE = (96, 128)


def photo(level=120, colour=False, texture=4.0):
    """A surface with grain."""
    grain = np.random.default_rng(7).normal(0, texture, (*SIZE, 3 if colour else 1))
    image = np.clip(level + grain, 0, 255).astype(np.uint8)
    if colour:
        image = np.clip(image * np.array([1.0, 0.7, 0.4]), 0, 255).astype(np.uint8)
    image = np.broadcast_to(image, (*SIZE, 3)).copy()
    return Sample(image, np.zeros((*SIZE, 2), np.uint16))


@pytest.fixture
def unrecoded(monkeypatch):
    monkeypatch.setattr(photographs, "_RECODED", 0)


def drawn(count, surface=None):
    surface = surface or photo()
    return [draw_defects(surface, np.random.default_rng(seed)) for seed in range(count)]


def numbers(sample):
    return np.unique(sample.instances[sample.instances > 0]).tolist()


def test_none_to_four_defects_of_every_class():
    samples = drawn(160)
    counts = [len(numbers(sample)) for sample in samples]
    assert set(counts) == {0, 1, 2, 3, 4}
    assert np.mean([count == 0 for count in counts]) == pytest.approx(0.25, abs=0.1)
    shown = np.sum([sample.labels for sample in samples], axis=0)
    assert shown.min() > 0.12 * len(samples)
    assert CLASSES == ("scratch", "pit", "crack", "patch", "stain")
    for sample in samples:
        assert (sample.image.shape, sample.image.dtype) == ((*SIZE, 3), np.uint8)
        assert (sample.instances.shape, sample.instances.dtype) == ((*SIZE, 5), np.uint16)
        assert sample.masks_known


def test_a_defect_is_one_region_with_a_number_of_its_own():
    for sample in drawn(60):
        drawn_numbers = numbers(sample)
        assert drawn_numbers == list(range(1, len(drawn_numbers) + 1))
        for number in drawn_numbers:
            assert np.count_nonzero((sample.instances == number).any(axis=(0, 1))) == 1
            mask = (sample.instances == number).any(axis=2).astype(np.uint8)
            assert cv2.connectedComponents(mask, connectivity=4)[0] == 2
        # Widened by 4 pixels on each side they still do not touch.
        union = sample.instances.any(axis=2).astype(np.uint8)
        wide = cv2.dilate(union, np.ones((9, 9), np.uint8))
        assert cv2.connectedComponents(wide, connectivity=4)[0] == len(drawn_numbers) + 1


def test_the_mask_is_where_the_surface_changed(unrecoded):
    surface = photo()
    for sample in drawn(60, surface):
        change = np.abs(sample.image.astype(int) - surface.image)[..., 0]
        union = sample.instances.any(axis=2).astype(np.uint8)
        far = cv2.dilate(union, np.ones((25, 25), np.uint8)) == 0
        assert not change[far].any()
        for number in numbers(sample):
            assert change[(sample.instances == number).any(axis=2)].mean() > 3


def test_contrast_is_relative_to_the_surface(unrecoded):
    """On a rough surface a defect must stand out by more than on a smooth one."""

    def median(surface):
        blurred = cv2.blur(surface.image, (15, 15)).astype(int)
        changes = []
        for sample in drawn(30, surface):
            mask = sample.instances.any(axis=2)
            if mask.any():
                changes.append(np.abs(sample.image.astype(int) - blurred)[mask].mean())
        return np.median(changes)

    assert median(photo(120, texture=20)) > 1.4 * median(photo(120, texture=2))
    assert median(photo(200, texture=2)) > 1.4 * median(photo(60, texture=2))


def test_grey_stays_grey_and_colour_keeps_its_hue(unrecoded):
    for sample in drawn(20):
        assert (sample.image[..., :1] == sample.image).all()
    for sample in drawn(20, photo(160, colour=True)):
        mask = sample.instances.any(axis=2)
        if mask.any():
            red, green, blue = sample.image[mask].mean(axis=0)
            assert red > green > blue


def test_the_photos_defects_are_left_alone_and_not_in_the_truth(unrecoded):
    surface = photo()
    surface.image[30:60, 20:70] = 40
    surface.instances[30:60, 20:70, 1] = 1
    corners = np.array([[90, 10], [120, 10], [120, 50], [90, 50]], np.float32)
    boxed = Sample(surface.image, surface.instances, (Outline(0, corners),))
    defects = 0
    for sample in drawn(60, boxed):
        assert (sample.image[30:60, 20:70] == 40).all()
        assert not sample.instances[30:60, 20:70].any()
        assert not sample.instances[10:50, 90:120].any()
        assert not sample.outlines
        defects += len(numbers(sample))
    assert defects > 20


@pytest.mark.parametrize("level", [0, 255])
def test_nothing_is_drawn_where_no_surface_is_seen(level):
    for sample in drawn(20, photo(level, texture=0)):
        assert not sample.instances.any()


def test_a_few_black_pixels_are_no_black_background():
    surface = photo()
    surface.image[::4, ::4] = 0
    assert sum(len(numbers(sample)) for sample in drawn(20, surface)) > 15


def test_the_photo_stays_and_the_same_generator_gives_the_same_sample():
    surface = photo()
    before = surface.image.copy()
    for sample, again in zip(drawn(5, surface), drawn(5, surface), strict=True):
        np.testing.assert_array_equal(sample.image, again.image)
        np.testing.assert_array_equal(sample.instances, again.instances)
    assert len({sample.image.tobytes() for sample in drawn(20, surface)}) > 14
    np.testing.assert_array_equal(surface.image, before)
    assert not surface.instances.any()


def test_some_images_went_through_a_jpeg_file():
    surface = photo()
    altered = [np.mean(sample.image != surface.image) > 0.5 for sample in drawn(60, surface)]
    assert np.mean(altered) == pytest.approx(0.5, abs=0.2)
