import cv2
import numpy as np
import pytest

from auxnet_cli.data.synthetic import fastener


def pictures(seed, count):
    """The same bolt with indications and without."""
    image, masks = fastener.render(np.random.default_rng(seed), [0] * count)
    plain, none = fastener.render(np.random.default_rng(seed), [])
    assert not none.any()
    return image.astype(int), plain.astype(int), masks[..., 0]


@pytest.mark.parametrize("seed", range(8))
def test_the_mask_is_where_the_indication_glows(seed):
    image, plain, mask = pictures(seed, 1)
    assert mask.any()
    assert np.array_equal(image[~mask], plain[~mask])
    rise = (image - plain)[mask]
    assert rise[:, 1].mean() > 40  # green
    assert np.mean(np.abs(rise).max(axis=1) > 5) > 0.9


@pytest.mark.parametrize("seed", range(8))
def test_indications_are_single_regions_of_a_visible_size(seed):
    _, _, mask = pictures(seed, 3)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    assert 1 <= len(areas) <= 3
    assert areas.min() >= 80


def test_good_bolts_glow_faintly_and_are_not_labelled():
    for seed in range(6):
        _, plain, _ = pictures(seed, 0)
        green = plain[..., 1]
        assert (green > 60).sum() > 20  # films, specks and clumps
        assert np.mean(green > 150) < 0.001  # nothing as bright as an indication
