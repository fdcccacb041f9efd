import numpy as np
import pytest

from auxnet_cli.data.synthetic import LOOKS, generate
from auxnet_cli.errors import InputError

SIZES = {"strip": (128, 384), "fastener": (256, 256)}


@pytest.fixture(scope="module")
def series():
    return {look: [generate(look, number, 5) for number in range(60)] for look in LOOKS}


def test_class_names():
    assert LOOKS == {"strip": ("pit", "crack", "scratch", "patch"), "fastener": ("indication",)}


@pytest.mark.parametrize("look", LOOKS)
def test_shapes_and_types(series, look):
    for made in series[look]:
        assert made.image.shape == (*SIZES[look], 3)
        assert made.image.dtype == np.uint8
        assert made.masks.shape == (*SIZES[look], len(LOOKS[look]))
        assert made.masks.dtype == np.bool_


@pytest.mark.parametrize("look", LOOKS)
def test_an_image_does_not_depend_on_the_others(series, look):
    again = generate(look, 41, 5)
    assert np.array_equal(again.image, series[look][41].image)
    assert np.array_equal(again.masks, series[look][41].masks)


@pytest.mark.parametrize("look", LOOKS)
def test_numbers_and_seeds_give_different_images(series, look):
    prints = {made.image.tobytes() for made in series[look]}
    assert len(prints) == len(series[look])
    assert generate(look, 0, 6).image.tobytes() not in prints


@pytest.mark.parametrize(("look", "share"), [("strip", 0.4), ("fastener", 0.7)])
def test_share_of_good_images(series, look, share):
    good = np.mean([not made.masks.any() for made in series[look]])
    assert good == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("seed", range(4))
def test_two_dozen_strips_hold_every_class(seed):
    present = np.any([generate("strip", n, seed).masks.any(axis=(0, 1)) for n in range(24)], axis=0)
    assert present.all()


def test_a_strip_holds_at_most_two_classes(series):
    counts = [int(made.masks.any(axis=(0, 1)).sum()) for made in series["strip"]]
    assert set(counts) == {0, 1, 2}


def test_strips_are_grey_and_bolts_are_violet(series):
    for made in series["strip"]:
        assert np.array_equal(made.image[..., 0], made.image[..., 2])
    for made in series["fastener"]:
        red, green, blue = made.image[~made.masks[..., 0]].mean(axis=0)
        assert blue > red > 0
        assert blue > green


def test_unknown_look_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'strip'"):
        generate("stripe", 0, 0)


@pytest.mark.parametrize(("number", "seed"), [(-1, 0), (0, -1)])
def test_negative_number_or_seed(number, seed):
    with pytest.raises(InputError, match="negative"):
        generate("strip", number, seed)
