import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auxnet_cli.errors import InputError
from auxnet_cli.model.detection.anchors import (
    BACKGROUND,
    IGNORED,
    anchors_per_place,
    count_anchors,
    make_anchors,
    match,
)
from auxnet_cli.model.detection.boxes import decode, iou
from auxnet_cli.settings import AnchorSettings

PAPER = AnchorSettings()


def _one(*boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


def test_the_papers_anchors_at_its_input_size():
    anchors = make_anchors((128, 800), PAPER)
    places = 16 * 100 + 8 * 50 + 4 * 25 + 2 * 13 + 1 * 7
    assert anchors.shape == (places * 9, 4)
    assert anchors_per_place(PAPER) == 9


def test_the_first_place_by_hand():
    settings = AnchorSettings(scales=(1.0,), ratios=(0.25, 1.0, 4.0), base=4.0)
    # Stride 8, centre (4, 4), area 32²: 64 × 16, 32 × 32, 16 × 64 (width × height).
    expected = [[-28, -4, 36, 12], [-12, -12, 20, 20], [-4, -28, 12, 36]]
    np.testing.assert_allclose(make_anchors((64, 64), settings)[:3], expected, atol=1e-5)


def test_more_anchors_than_memory_holds():
    many = AnchorSettings(levels=(2, 7), scales=(1.0,) * 16, ratios=(1.0,) * 16)
    with pytest.raises(
        InputError, match=r"4096 × 4096 pixels has 357,\d+,\d+ anchors .* 5,000,000"
    ):
        make_anchors((4096, 4096), many)
    assert count_anchors((128, 800), PAPER) == len(make_anchors((128, 800), PAPER))


def test_matching_by_hand():
    anchors = _one([0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 4.5], [50, 50, 60, 60])
    classes, offsets = match(anchors, _one([0, 0, 10, 10]), np.array([2]), PAPER)
    # IoU 1, 0.8, 0.45, 0
    assert classes.tolist() == [2, 2, IGNORED, BACKGROUND]
    np.testing.assert_allclose(offsets[0], 0, atol=1e-6)
    np.testing.assert_allclose(decode(offsets, anchors)[1], [0, 0, 10, 10], atol=1e-4)
    assert (offsets[2:] == 0).all()


def test_an_overlap_of_nothing_is_no_match():
    """With thresholds of 0 as well: what a defect does not touch is background."""
    anchors = _one([0, 0, 10, 10], [5, 5, 15, 15], [50, 50, 60, 60])
    settings = AnchorSettings(match=0, ignore=0)
    classes, _ = match(anchors, _one([0, 0, 10, 10]), np.array([2]), settings)
    assert classes.tolist() == [2, 2, BACKGROUND]


def test_a_thin_defect_gets_its_best_anchor():
    anchors = make_anchors((128, 800), PAPER)
    crack = _one([400, 0, 402, 128])
    assert iou(crack, anchors).max() < PAPER.ignore
    classes, offsets = match(anchors, crack, np.array([1]), PAPER)
    assert (classes == 1).sum() == 1
    found = decode(offsets[classes == 1], anchors[classes == 1])
    np.testing.assert_allclose(found, crack, atol=1e-2)


def test_two_truths_do_not_take_one_anchor_from_each_other():
    anchors = _one([0, 0, 10, 10], [0, 0, 40, 40])
    twins = _one([4, 4, 6, 6], [4, 4, 6, 7])
    classes, _ = match(anchors, twins, np.array([0, 1]), PAPER)
    assert sorted(classes.tolist()) == [0, 1]


def test_no_truth_means_background_alone():
    classes, offsets = match(make_anchors((64, 64), PAPER), _one(), np.zeros(0, int), PAPER)
    assert (classes == BACKGROUND).all()
    assert not offsets.any()


boxes = st.tuples(
    st.integers(0, 120), st.integers(0, 120), st.integers(1, 60), st.integers(1, 60)
).map(lambda b: (b[0], b[1], min(b[0] + b[2], 128), min(b[1] + b[3], 128)))


@settings(deadline=None, max_examples=60)
@given(st.lists(boxes, min_size=1, max_size=12, unique=True))
def test_every_truth_gets_an_anchor(truths):
    truths = _one(*truths)
    anchors = make_anchors((128, 128), PAPER)
    classes, offsets = match(anchors, truths, np.arange(len(truths)), PAPER)
    assert set(range(len(truths))) <= set(classes.tolist())
    matched = classes >= 0
    back = decode(offsets[matched], anchors[matched])
    np.testing.assert_allclose(back, truths[classes[matched]], atol=0.05)


@pytest.mark.parametrize("bad", [{"levels": (5, 3)}, {"levels": (1, 5)}, {"ignore": 0.6}])
def test_contradictory_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must"):
        AnchorSettings(**bad)
