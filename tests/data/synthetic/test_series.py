import numpy as np
import pytest

from auxnet_cli.data.synthetic import LOOKS, generate

SIZES = {"strip": (128, 384), "fastener": (256, 256)}


@pytest.fixture(scope="module", params=LOOKS)
def series(request):
    """40 images of a look."""
    return request.param, [generate(request.param, number, 5) for number in range(40)]


def test_images_have_a_size_and_differ(series):
    look, images = series
    for made in images:
        assert (made.image.shape, made.image.dtype) == ((*SIZES[look], 3), np.uint8)
        assert (made.masks.shape, made.masks.dtype) == ((*SIZES[look], len(LOOKS[look])), np.bool_)
    prints = {made.image.tobytes() for made in images}
    assert len(prints) == len(images)
    assert generate(look, 0, 6).image.tobytes() not in prints
    again = generate(look, 31, 5)  # does not depend on the others
    assert np.array_equal(again.image, images[31].image)
    assert np.array_equal(again.masks, images[31].masks)
    good = np.mean([not made.masks.any() for made in images])
    assert good == pytest.approx({"strip": 0.4, "fastener": 0.7}[look], abs=0.06)


def test_strips_hold_every_class_and_at_most_two_each():
    assert LOOKS == {"strip": ("pit", "crack", "scratch", "patch"), "fastener": ("indication",)}
    for seed in range(2):
        strips = [generate("strip", number, seed) for number in range(24)]
        present = np.array([made.masks.any(axis=(0, 1)) for made in strips])
        assert present.any(axis=0).all()
        assert set(present.sum(axis=1)) <= {0, 1, 2}


def test_strips_are_grey_and_bolts_are_violet(series):
    look, images = series
    for made in images:
        red, green, blue = np.moveaxis(made.image, -1, 0)
        if look == "strip":
            assert np.array_equal(red, blue)
        else:
            plain = ~made.masks[..., 0]
            assert blue[plain].mean() > red[plain].mean() > 0
            assert blue[plain].mean() > green[plain].mean()
