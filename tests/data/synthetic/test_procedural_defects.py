import cv2
import numpy as np
import pytest

from auxnet_cli.data.synthetic.procedural_defects import KINDS


def draw(kind, extent, count):
    return [KINDS[kind].draw(np.random.default_rng(seed), extent) for seed in range(count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extent", [3, 9, 33, 90])
def test_every_shape_is_one_region_of_a_finite_tone(kind, extent):
    for defect in draw(kind, extent, 30):
        assert defect.mask.shape == defect.cover.shape == defect.tone.shape
        assert cv2.connectedComponents(defect.mask.astype(np.uint8), connectivity=4)[0] == 2
        assert np.isfinite(defect.tone).all()
        assert np.abs(defect.tone[defect.mask]).mean() == pytest.approx(1, abs=0.01)
        assert 0 <= defect.cover.min() <= defect.cover.max() <= 1
        assert 0 <= defect.bare <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_end_within_the_canvas_and_nothing_is_seen_far_from_the_mask(kind):
    """A shape that reached the border of the canvas would end in a straight line."""
    for defect in draw(kind, 40, 40):
        assert not defect.mask[[0, -1]].any()
        assert not defect.mask[:, [0, -1]].any()
        far = cv2.dilate(defect.mask.astype(np.uint8), np.ones((21, 21), np.uint8)) == 0
        assert np.abs(defect.tone[far]).max(initial=0) < 0.01
        assert defect.cover[far].max(initial=0) < 0.01


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("extent", "tolerance"), [(60, 0.3), (20, 0.4)])
def test_the_extent_is_the_length(kind, extent, tolerance):
    sides = []
    for defect in draw(kind, extent, 40):
        points = np.argwhere(defect.mask).astype(np.float32)
        sides.append(max(cv2.minAreaRect(points)[1]))
    assert np.median(sides) == pytest.approx(extent, rel=tolerance)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("crack", 1, 1), ("pit", 0.7, 0.99), ("scratch", 0.1, 0.9), ("patch", 0.1, 0.9),
     ("stain", 0.1, 0.9)],
)  # fmt: skip
def test_cracks_are_dark_and_the_others_both(kind, low, high):
    dark = np.mean([defect.tone[defect.mask].mean() < 0 for defect in draw(kind, 30, 40)])
    assert low <= dark <= high


def test_lines_run_in_every_direction():
    """The share of rows in a line's extent, from 0 (across) to 1 (down)."""
    shares = []
    for defect in draw("scratch", 60, 60):
        rows, columns = np.nonzero(defect.mask)
        shares.append(np.ptp(rows) / (np.ptp(rows) + np.ptp(columns)))
    assert np.histogram(shares, [0, 0.25, 0.5, 0.75, 1])[0].min() > 5


def test_stains_let_the_surface_through_and_patches_do_not():
    stains, patches = (
        [defect.bare for defect in draw(kind, 30, 20)] for kind in ("stain", "patch")
    )
    assert max(stains) <= 0.3 <= min(patches)
