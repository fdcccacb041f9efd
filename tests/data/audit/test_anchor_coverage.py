import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit.anchor_coverage import at_network_size, best_anchors
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.detection.assignment import BACKGROUND, IGNORED, match
from auxnet_cli.model.detection.boxes import iou
from auxnet_cli.settings import AnchorSettings, Settings

numbers = st.floats(0, 1)
settings_ = st.builds(
    AnchorSettings,
    levels=st.sampled_from([(2, 3), (3, 5), (4, 4), (3, 7)]),
    base=st.sampled_from([0.7, 2.0, 4.0]),
    scales=st.sampled_from([(1.0,), (1.0, 1.4)]),
    ratios=st.sampled_from([(1.0,), (0.1, 1.0, 10.0)]),
)


@given(settings_, st.sampled_from([(64, 64), (50, 120)]), st.data())
def test_is_the_best_of_all_anchors(settings, size, data):
    boxes = []
    for _ in range(data.draw(st.integers(1, 4))):
        x, y, w, h = (data.draw(numbers) for _ in range(4))
        wide, high = 0.5 + w * (size[1] - 1), 0.5 + h * (size[0] - 1)
        left, top = x * (size[1] - wide), y * (size[0] - high)
        boxes.append([left, top, left + wide, top + high])
    truths = np.array(boxes)
    nearest, overlaps = best_anchors(truths, size, settings)
    anchors = make_anchors(size, settings).astype(np.float64)
    every = iou(truths, anchors)
    np.testing.assert_allclose(overlaps, every.max(axis=1), atol=1e-6)
    np.testing.assert_allclose(np.diag(iou(truths, nearest)), overlaps, atol=1e-9)
    # It is one of the anchors.
    assert np.abs(anchors[None] - nearest[:, None]).max(axis=2).min(axis=1).max() < 1e-3


def test_says_what_training_will_do():
    settings = AnchorSettings(levels=(3, 5), base=2.0, scales=(1.0,), ratios=(1.0,))
    truths = np.array([[4, 4, 20, 20], [40, 40, 43, 43]], np.float32)
    anchors = make_anchors((64, 64), settings)
    _, overlaps = best_anchors(truths.astype(float), (64, 64), settings)
    for truth, overlap in zip(truths, overlaps, strict=True):
        classes, _ = match(anchors, truth[None], np.zeros(1, np.int64), settings)
        enough = (iou(truth[None], anchors)[0] >= settings.match).any()
        assert enough == (overlap >= settings.match)
        # The rule of the best anchor: there is one in either case.
        assert np.sum((classes != BACKGROUND) & (classes != IGNORED)) >= 1


def settings(size, tile=None, overlap=0.2):
    return Settings.model_validate(
        {"data": {"size": size}, "tile": {"size": tile, "overlap": overlap}}
    )


def test_whole_images_are_scaled():
    boxes, tiles = at_network_size([(10.0, 20.0, 30.0, 40.0)], 100, 200, settings([50, 400]))
    assert boxes.tolist() == [[20, 10, 80, 30]]
    assert tiles.tolist() == [0]


def test_on_tiles_the_one_that_shows_most():
    # Tiles of 100 px begin at 0 and 100; the first box lies mostly on the second tile.
    given = [(80.0, 10.0, 100.0, 20.0), (0.0, 0.0, 10.0, 10.0)]
    boxes, tiles = at_network_size(given, 100, 200, settings([50, 50], [100, 100], 0))
    assert boxes.tolist() == [[0, 5, 40, 15], [0, 0, 5, 5]]
    assert tiles.tolist() == [1, 0]


@pytest.mark.parametrize("tile", [None, [64, 64]])
def test_no_box(tile):
    boxes, tiles = at_network_size([], 100, 200, settings([50, 50], tile))
    assert boxes.shape == (0, 4)
    assert len(tiles) == 0
