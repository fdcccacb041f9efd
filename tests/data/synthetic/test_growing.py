import cv2
import numpy as np
import pytest

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.data.synthetic import growing
from auxnet_cli.data.synthetic.photographs import CLASSES, grow

SIZE = (96, 128)


def photo(level=120, colour=False, texture=4.0):
    """A surface with grain."""
    grain = np.random.default_rng(7).normal(0, texture, (*SIZE, 3 if colour else 1))
    image = np.clip(level + grain, 0, 255).astype(np.uint8)
    if colour:
        image = np.clip(image * np.array([1.0, 0.7, 0.4]), 0, 255).astype(np.uint8)
    image = np.broadcast_to(image, (*SIZE, 3)).copy()
    instances = np.zeros((*SIZE, 2), np.uint16)
    return Sample(image, instances, np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64))


@pytest.fixture
def unrecoded(monkeypatch):
    monkeypatch.setattr(growing, "_RECODED", 0)


def grown(count, surface=None):
    surface = surface or photo()
    return [grow(surface, np.random.default_rng(seed)) for seed in range(count)]


def numbers(sample):
    return np.unique(sample.instances[sample.instances > 0]).tolist()


def test_shapes_types_and_classes():
    for sample in grown(20):
        assert sample.image.shape == (*SIZE, 3)
        assert sample.image.dtype == np.uint8
        assert sample.instances.shape == (*SIZE, len(CLASSES))
        assert sample.instances.dtype == np.uint16
        assert sample.masks_known
    assert CLASSES == ("scratch", "pit", "crack", "patch", "stain")


def test_none_to_four_defects_of_every_class():
    samples = grown(160)
    counts = [len(numbers(sample)) for sample in samples]
    assert set(counts) == {0, 1, 2, 3, 4}
    assert np.mean([count == 0 for count in counts]) == pytest.approx(0.25, abs=0.1)
    shown = np.sum([sample.labels for sample in samples], axis=0)
    assert shown.min() > 0.12 * len(samples)


def test_a_defect_is_one_region_with_a_number_of_its_own():
    for sample in grown(60):
        found = numbers(sample)
        assert found == list(range(1, len(found) + 1))
        for number in found:
            assert np.count_nonzero((sample.instances == number).any(axis=(0, 1))) == 1
            mask = (sample.instances == number).any(axis=2).astype(np.uint8)
            assert cv2.connectedComponents(mask, connectivity=4)[0] == 2
        # Grown by 4 pixels on each side they still do not touch.
        union = sample.instances.any(axis=2).astype(np.uint8)
        wide = cv2.dilate(union, np.ones((9, 9), np.uint8))
        assert cv2.connectedComponents(wide, connectivity=4)[0] == len(found) + 1


def test_the_mask_is_where_the_surface_changed(unrecoded):
    surface = photo()
    for sample in grown(60, surface):
        mask = sample.instances.any(axis=2)
        change = np.abs(sample.image.astype(int) - surface.image)[..., 0]
        far = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
        assert not change[far].any()
        for number in numbers(sample):
            own = (sample.instances == number).any(axis=2)
            assert change[own].mean() > 3


def test_contrast_is_relative_to_the_surface(unrecoded):
    """On a rough surface a defect must stand out by more than on a smooth one."""

    def median(surface):
        blurred = cv2.blur(surface.image, (15, 15)).astype(int)
        found = []
        for sample in grown(60, surface):
            mask = sample.instances.any(axis=2)
            if mask.any():
                found.append(np.abs(sample.image.astype(int) - blurred)[mask].mean())
        return np.median(found)

    assert median(photo(120, texture=20)) > 1.4 * median(photo(120, texture=2))
    assert median(photo(200, texture=2)) > 1.4 * median(photo(60, texture=2))


def test_grey_stays_grey_and_colour_keeps_its_hue(unrecoded):
    for sample in grown(20):
        assert (sample.image[..., :1] == sample.image).all()
    coloured = photo(160, colour=True)
    for sample in grown(20, coloured):
        mask = sample.instances.any(axis=2)
        if mask.any():
            red, green, blue = sample.image[mask].mean(axis=0)
            assert red > green > blue


def test_own_defects_are_left_alone_and_not_in_the_truth(unrecoded):
    surface = photo()
    surface.image[30:60, 20:70] = 40
    surface.instances[30:60, 20:70, 1] = 1
    outline = np.array([[[90, 10], [120, 10], [120, 50], [90, 50]]], np.float32)
    boxed = Sample(surface.image, surface.instances, outline, np.zeros(1, np.int64))
    found = 0
    for sample in grown(60, boxed):
        assert (sample.image[30:60, 20:70] == 40).all()
        assert not sample.instances[30:60, 20:70].any()
        assert not sample.instances[10:50, 90:120].any()
        assert len(sample.outlines) == 0
        found += len(numbers(sample))
    assert found > 20


@pytest.mark.parametrize("level", [0, 255])
def test_nothing_grows_where_no_surface_is_seen(level):
    surface = photo(level, texture=0)
    for sample in grown(20, surface):
        assert not sample.instances.any()


def test_the_photo_stays_as_it_was():
    surface = photo()
    before = surface.image.copy()
    grown(10, surface)
    np.testing.assert_array_equal(surface.image, before)
    assert not surface.instances.any()


def test_the_same_generator_gives_the_same_sample():
    first, again = grown(5), grown(5)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_array_equal(one.instances, other.instances)
    assert len({sample.image.tobytes() for sample in grown(20)}) > 14


def test_some_images_went_through_a_jpeg_file():
    surface = photo()
    altered = [np.mean(sample.image != surface.image) > 0.5 for sample in grown(60, surface)]
    assert np.mean(altered) == pytest.approx(0.5, abs=0.2)


def test_a_few_black_pixels_are_no_black_background():
    surface = photo()
    surface.image[::4, ::4] = 0
    assert sum(len(numbers(sample)) for sample in grown(20, surface)) > 15
