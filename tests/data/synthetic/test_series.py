import numpy as np
import pytest

from auxnet_cli.data.synthetic import LOOKS, generate

SIZES = {"strip": (128, 384), "fastener": (256, 256)}


@pytest.fixture(scope="module", params=LOOKS)
def series(request):
    """40 images of a look."""
    return request.param, [generate(request.param, number, 5) for number in range(40)]


def test_images_have_a_size_and_differ(series):
    look, made = series
    for image, masks in made:
        assert (image.shape, image.dtype) == ((*SIZES[look], 3), np.uint8)
        assert (masks.shape, masks.dtype) == ((*SIZES[look], len(LOOKS[look])), np.bool_)
    prints = {image.tobytes() for image, _ in made}
    assert len(prints) == len(made)
    assert generate(look, 0, 6)[0].tobytes() not in prints
    again = generate(look, 31, 5)  # does not depend on the others
    assert all(map(np.array_equal, again, made[31]))
    good = np.mean([not masks.any() for _, masks in made])
    assert good == pytest.approx({"strip": 0.4, "fastener": 0.7}[look], abs=0.06)


def test_strips_hold_every_class_and_at_most_two_each():
    assert LOOKS == {"strip": ("pit", "crack", "scratch", "patch"), "fastener": ("indication",)}
    for seed in range(2):
        strips = [generate("strip", number, seed) for number in range(24)]
        present = np.array([masks.any(axis=(0, 1)) for _, masks in strips])
        assert present.any(axis=0).all()
        assert set(present.sum(axis=1)) <= {0, 1, 2}


def test_strips_are_grey_and_bolts_are_violet(series):
    look, made = series
    for image, masks in made:
        red, green, blue = np.moveaxis(image, -1, 0)
        if look == "strip":
            assert np.array_equal(red, blue)
        else:
            plain = ~masks[..., 0]
            assert blue[plain].mean() > red[plain].mean() > 0
            assert blue[plain].mean() > green[plain].mean()
