import numpy as np
import pytest

from auxnet_cli.data.synthetic.strokes import (
    bow,
    draw_strokes,
    largest_region,
    ribbon,
    wander,
    widen,
)


def test_largest_region_does_not_join_over_corners():
    mask = np.zeros((6, 6), bool)
    mask[:3, :3] = mask[3:5, 3:5] = True
    kept = largest_region(mask)
    assert kept.sum() == 9
    assert kept[0, 0]
    assert not largest_region(np.zeros((4, 4), bool)).any()


def test_widen_reaches_so_many_pixels():
    mask = np.zeros((21, 21), bool)
    mask[10, 10] = True
    assert widen(mask, 3).sum() == 49


def test_lines_have_the_width_asked_for_and_taper():
    points = np.stack([np.linspace(5, 55, 11), np.full(11, 30.0)], axis=1)
    canvas, tapered = np.zeros((2, 60, 60), np.uint8)
    ribbon(canvas, points, np.full(11, 6.0))
    draw_strokes(np.random.default_rng(0), tapered, [(points, 6.0)], rough=0.0, end=0.3)
    assert (canvas[30] > 127).sum() == pytest.approx(6, abs=1)
    assert (tapered[30] > 127).sum() == pytest.approx(6, abs=1)
    assert (tapered[6] > 127).sum() < (tapered[30] > 127).sum()


@pytest.mark.parametrize(("angle", "axis"), [(0.0, 0), (np.pi / 2, 1)])
def test_lines_keep_direction_and_length(angle, axis):
    line = wander(np.random.default_rng(0), (10.0, 50.0), angle, 80.0, jag=0.5)
    assert line[-1, axis] - line[0, axis] == pytest.approx(80, abs=4)
    bent = bow(line, angle, 6.0) - line
    assert np.abs(bent[[0, -1]]).max() < 1e-9
    assert np.abs(bent[:, 1 - axis]).max() == pytest.approx(6, abs=0.1)
