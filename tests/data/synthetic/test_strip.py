import cv2
import numpy as np
import pytest

from auxnet_cli.data.synthetic import strip
from auxnet_cli.data.synthetic.sheet import rolled_sheet


def pictures(seed, labels):
    """The same strip with the defects and without."""
    image, masks = strip.render(np.random.default_rng(seed), labels)
    plain, none = strip.render(np.random.default_rng(seed), [])
    assert not none.any()
    return image.astype(int)[..., 0], plain.astype(int)[..., 0], masks


@pytest.mark.parametrize("label", range(len(strip.CLASSES)))
@pytest.mark.parametrize("seed", range(6))
def test_the_mask_is_what_the_defect_altered(seed, label):
    image, plain, masks = pictures(seed, [label])
    mask = masks[..., label]
    assert masks.sum() == mask.sum() > 0
    assert np.array_equal(image[~mask], plain[~mask])
    assert np.mean(image[mask] != plain[mask]) > 0.9
    assert np.abs(image - plain)[mask].mean() > 8


@pytest.mark.parametrize("seed", range(10))
def test_each_defect_is_one_region_far_from_the_next(seed):
    labels = [seed % 4, (seed + 1) % 4, seed % 4]
    _, _, masks = pictures(seed, labels)
    union = masks.any(axis=2)
    per_class = [regions(masks[..., label]) for label in range(4)]
    areas = [area for found in per_class for area in found]
    assert 1 <= len(areas) <= 3
    assert [len(found) for found in per_class][labels[0]] >= 1
    assert min(areas) >= 80
    # Grown by 4 pixels on each side they still do not touch.
    grown = cv2.dilate(union.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert len(regions(grown)) == len(areas)


def regions(mask):
    """Areas of the 4-connected regions."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return stats[1:, cv2.CC_STAT_AREA].tolist()


def test_cracks_and_pits_are_dark_and_scratches_bright():
    for label, sign in [(0, -1), (1, -1), (2, 1)]:
        image, plain, masks = pictures(3, [label])
        change = (image - plain)[masks[..., label]].mean()
        assert sign * change > 8, strip.CLASSES[label]


def test_cracks_run_down_the_sheet():
    for seed in range(6):
        _, _, masks = pictures(seed, [1])
        rows, columns = np.nonzero(masks[..., 1])
        assert np.ptp(rows) > 1.2 * np.ptp(columns)


def test_good_strips_show_disturbances_that_are_not_labelled():
    images = [strip.render(np.random.default_rng(seed), [])[0][..., 0] for seed in range(40)]
    dazzled = sum(np.mean(image > 250) > 0.002 for image in images)
    off_sheet = sum(np.mean(image.mean(axis=0) < 10) > 0.03 for image in images)
    assert 4 <= dazzled <= 24
    assert 4 <= off_sheet <= 24


def test_defects_keep_off_dazzle_and_off_the_edge():
    hits = 0
    for seed in range(12):
        taken = rolled_sheet(np.random.default_rng(seed).spawn(3)[0]).taken
        hits += taken.any()
        _, masks = strip.render(np.random.default_rng(seed), [0, 2, 3])
        assert not np.any(masks.any(axis=2) & taken)
    assert hits > 0


def test_a_full_sheet_takes_no_defect(monkeypatch):
    sheet = rolled_sheet(np.random.default_rng(0))
    full = type(sheet)(sheet.light, np.ones_like(sheet.taken))
    monkeypatch.setattr(strip, "rolled_sheet", lambda rng: full)
    _, masks = strip.render(np.random.default_rng(0), [0, 1, 2, 3])
    assert not masks.any()
