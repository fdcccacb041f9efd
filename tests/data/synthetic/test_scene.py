from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.synthetic import fastener, strip, strip_defects
from auxnet_cli.data.synthetic.scene import MIN_PIXELS, render
from auxnet_cli.data.synthetic.strokes import largest_region


def pictures(look, seed, labels):
    """The same part with the defects and without."""
    image, masks = render(look, np.random.default_rng(seed), labels)
    plain, none = render(look, np.random.default_rng(seed), [])
    assert not none.any()
    return image.astype(int), plain.astype(int), masks


def areas(mask):
    """Areas of the 4-connected regions."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return stats[1:, cv2.CC_STAT_AREA].tolist()


@pytest.mark.parametrize("maker", strip._MAKERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_defect_alters_all_of_its_mask_and_nothing_else(maker, seed):
    defect = maker(np.random.default_rng(seed), (128, 384), (64.0, 190.0))
    assert defect.mask.sum() >= MIN_PIXELS
    assert np.all(defect.gain[~defect.mask] == 1)
    assert np.abs(defect.gain[defect.mask] - 1).min() > strip_defects._VISIBLE - 0.001
    assert np.array_equal(largest_region(defect.mask), defect.mask)
    assert defect.mask[64 - 40 : 64 + 40, 190 - 60 : 190 + 60].any()


@pytest.mark.parametrize(
    ("look", "label"), [*((strip.LOOK, label) for label in range(4)), (fastener.LOOK, 0)]
)
def test_the_mask_is_what_the_defect_altered(look, label):
    for seed in range(4):
        image, plain, masks = pictures(look, seed, [label])
        mask = masks[..., label]
        assert masks.sum() == mask.sum() > 0
        assert np.array_equal(image[~mask], plain[~mask])
        change = np.abs(image - plain)[mask].max(axis=1)
        assert np.mean(change > 0) > 0.9
        assert change.mean() > 8


@pytest.mark.parametrize(("look", "classes"), [(strip.LOOK, 4), (fastener.LOOK, 1)])
@pytest.mark.parametrize("seed", range(6))
def test_each_defect_is_one_region_far_from_the_next(look, classes, seed):
    labels = [seed % classes, (seed + 1) % classes, seed % classes]
    _, _, masks = pictures(look, seed, labels)
    per_class = [areas(masks[..., label]) for label in range(classes)]
    assert per_class[labels[0]]
    regions = [area for areas_of_class in per_class for area in areas_of_class]
    assert 1 <= len(regions) <= 3
    assert min(regions) >= MIN_PIXELS
    # Widened by 4 pixels on each side they still do not touch.
    wide = cv2.dilate(masks.any(axis=2).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert len(areas(wide)) == len(regions)


@pytest.mark.parametrize(
    ("look", "label", "sign"),
    [(strip.LOOK, 0, -1), (strip.LOOK, 1, -1), (strip.LOOK, 2, 1), (fastener.LOOK, 0, 1)],
)
def test_cracks_and_pits_are_dark_and_scratches_and_indications_bright(look, label, sign):
    image, plain, masks = pictures(look, 3, [label])
    assert sign * (image - plain)[..., 1][masks[..., label]].mean() > 8


def test_cracks_run_down_the_sheet():
    for seed in range(6):
        _, _, masks = pictures(strip.LOOK, seed, [1])
        rows, columns = np.nonzero(masks[..., 1])
        assert np.ptp(rows) > 1.2 * np.ptp(columns)


def test_good_parts_show_disturbances_that_are_not_labelled():
    strips = [render(strip.LOOK, np.random.default_rng(seed), [])[0] for seed in range(40)]
    assert 4 <= sum(np.mean(image > 250) > 0.002 for image in strips) <= 24  # dazzled
    assert 4 <= sum(np.mean(image.mean(axis=(0, 2)) < 10) > 0.03 for image in strips) <= 24
    for seed in range(6):
        green = render(fastener.LOOK, np.random.default_rng(seed), [])[0][..., 1]
        assert (green > 60).sum() > 20  # films, specks and clumps
        assert np.mean(green > 150) < 0.001  # nothing as bright as an indication


def test_defects_keep_off_dazzle_and_off_the_edge():
    hits = 0
    for seed in range(8):
        taken = strip.rolled_sheet(np.random.default_rng(seed).spawn(3)[0]).taken
        hits += taken.any()
        _, _, masks = pictures(strip.LOOK, seed, [0, 2, 3])
        assert not np.any(masks.any(axis=2) & taken)
    assert hits > 0


@pytest.mark.parametrize("look", [strip.LOOK, fastener.LOOK])
def test_a_part_that_is_full_takes_no_defect(look):
    def full(rng):
        scene = look.scene(rng)
        return replace(scene, taken=np.ones_like(scene.taken))

    _, masks = render(replace(look, scene=full), np.random.default_rng(0), [0, 0])
    assert not masks.any()
