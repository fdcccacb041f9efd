import numpy as np
import pytest

from auxnet_cli.data.synthetic import defects


@pytest.mark.parametrize("maker", [defects.pit, defects.crack, defects.scratch, defects.patch])
@pytest.mark.parametrize("seed", range(5))
def test_a_defect_alters_all_of_its_mask_and_nothing_else(maker, seed):
    defect = maker(np.random.default_rng(seed), (128, 384), (64.0, 190.0))
    assert defect.mask.sum() >= defects.SMALLEST
    assert np.all(defect.gain[~defect.mask] == 1)
    assert np.abs(defect.gain[defect.mask] - 1).min() > 0.039
    assert np.array_equal(defects.largest_region(defect.mask), defect.mask)
    assert defect.mask[64 - 40 : 64 + 40, 190 - 60 : 190 + 60].any()


def test_largest_region_does_not_join_over_corners():
    mask = np.zeros((6, 6), bool)
    mask[:3, :3] = True
    mask[3:5, 3:5] = True
    kept = defects.largest_region(mask)
    assert kept.sum() == 9
    assert kept[0, 0]
    assert not defects.largest_region(np.zeros((4, 4), bool)).any()


def test_grown_reaches_so_many_pixels():
    mask = np.zeros((21, 21), bool)
    mask[10, 10] = True
    assert defects.grown(mask, 3).sum() == 49


def test_ribbon_has_the_width_asked_for():
    canvas = np.zeros((60, 60), np.uint8)
    points = np.stack([np.linspace(5, 55, 11), np.full(11, 30.0)], axis=1)
    defects.ribbon(canvas, points, np.full(11, 6.0))
    assert (canvas[30] > 127).sum() == pytest.approx(6, abs=1)


def test_wander_keeps_direction_and_length():
    down = defects.wander(np.random.default_rng(0), (10.0, 50.0), 0.0, 80.0, jag=0.5)
    assert down[-1, 0] - down[0, 0] == pytest.approx(80, abs=4)
    right = defects.wander(np.random.default_rng(0), (10.0, 50.0), np.pi / 2, 80.0, jag=0.5)
    assert right[-1, 1] - right[0, 1] == pytest.approx(80, abs=4)
