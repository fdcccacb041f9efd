import cv2
import numpy as np
import pytest

from auxnet_cli.data.synthetic.blemishes import MAKERS

KINDS = list(MAKERS)


def draw(kind, extent, seed):
    return MAKERS[kind][0](np.random.default_rng(seed), extent)


def regions(mask):
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extent", [3, 9, 33, 90])
def test_every_shape_is_one_region_of_a_finite_tone(kind, extent):
    for seed in range(30):
        blemish = draw(kind, extent, seed)
        assert blemish.mask.shape == blemish.cover.shape == blemish.tone.shape
        assert regions(blemish.mask) == 1
        assert np.isfinite(blemish.tone).all()
        assert np.abs(blemish.tone[blemish.mask]).mean() == pytest.approx(1, abs=0.01)
        assert blemish.cover.min() >= 0
        assert blemish.cover.max() <= 1
        assert 0 <= blemish.bare <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_reaches_the_border_of_the_canvas(kind):
    """A shape that did would end in a straight line."""
    for seed in range(60):
        mask = draw(kind, 40, seed).mask
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_seen_far_from_the_mask(kind):
    for seed in range(20):
        blemish = draw(kind, 40, seed)
        far = cv2.dilate(blemish.mask.astype(np.uint8), np.ones((21, 21), np.uint8)) == 0
        assert np.abs(blemish.tone[far]).max(initial=0) < 0.01
        assert blemish.cover[far].max(initial=0) < 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_the_extent_is_the_length(kind):
    def length(extent):
        sides = []
        for seed in range(40):
            rows, columns = np.nonzero(draw(kind, extent, seed).mask)
            points = np.stack([columns, rows], axis=1).astype(np.float32)
            sides.append(max(cv2.minAreaRect(points)[1]))
        return np.median(sides)

    assert length(60) == pytest.approx(60, rel=0.3)
    assert length(20) == pytest.approx(20, rel=0.4)


def test_cracks_are_dark_and_the_others_both():
    def dark(kind):
        tones = [draw(kind, 30, seed) for seed in range(40)]
        return np.mean([blemish.tone[blemish.mask].mean() < 0 for blemish in tones])

    assert dark("crack") == 1
    assert 0.7 < dark("pit") < 1
    for kind in ("scratch", "patch", "stain"):
        assert 0.1 < dark(kind) < 0.9


def test_lines_run_in_every_direction():
    """The share of rows in a line's extent, from 0 (across) to 1 (down)."""
    shares = []
    for seed in range(60):
        rows, columns = np.nonzero(draw("scratch", 60, seed).mask)
        shares.append(np.ptp(rows) / (np.ptp(rows) + np.ptp(columns)))
    assert np.histogram(shares, [0, 0.25, 0.5, 0.75, 1])[0].min() > 5


def test_stains_let_the_surface_through_and_patches_do_not():
    stains = [draw("stain", 30, seed).bare for seed in range(20)]
    patches = [draw("patch", 30, seed).bare for seed in range(20)]
    assert max(stains) <= 0.3 <= min(patches)
