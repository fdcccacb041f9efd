from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.samples.tiling import Window, windows
from auxnet_cli.inference.tile_merging import merge
from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import iou
from auxnet_cli.settings import TileSettings
from auxnet_cli.verdict.decoded_heads import DecodedHeads

HEIGHT, WIDTH = 60, 200
TILES = windows(HEIGHT, WIDTH, TileSettings(size=(60, 80), overlap=0.25))


def cut(box, tile):
    """What a detector sees of a box on a tile, in the tile's pixels; None where it sees nothing."""
    left, top = max(box.x, tile.left), max(box.y, tile.top)
    right = min(box.x + box.width, tile.left + tile.width)
    bottom = min(box.y + box.height, tile.top + tile.height)
    if right <= left or bottom <= top:
        return None
    return Box(box.label, box.score, left - tile.left, top - tile.top, right - left, bottom - top)


def findings(tile, boxes=(), probabilities=None, scores=None):
    seen = [cut(box, tile) for box in boxes]
    answers = {"det": tuple(sorted((box for box in seen if box), key=lambda box: -box.score))}
    if scores is not None:
        answers["cls"] = scores
    if probabilities is not None:
        answers["seg"] = probabilities[tile.slices]
    return DecodedHeads(tile.height, tile.width, answers)


def fused(*boxes, overlap=0.5):
    parts = [findings(tile, boxes) for tile in TILES]
    return merge(TILES, parts, overlap, 100).answers["det"]


def corners(box):
    return pytest.approx((box.x, box.y, box.x + box.width, box.y + box.height), abs=1e-3)


@pytest.mark.parametrize(
    "box",
    [
        Box(1, 0.9, 5, 5, 20, 20),  # on one tile
        Box(1, 0.9, 62, 5, 10, 20),  # whole on two
        Box(1, 0.9, 70, 5, 30, 20),  # cut by one edge
        Box(1, 0.9, 10, 5, 180, 20),  # over all three
    ],
)
def test_one_object_stays_one_object(box):
    (found,) = fused(box)
    assert (found.x, found.y, found.x + found.width, found.y + found.height) == corners(box)
    assert (found.label, found.score) == (1, 0.9)


def test_neighbours_stay_apart():
    found = fused(Box(0, 0.9, 62, 5, 6, 40), Box(0, 0.8, 70, 5, 8, 40), Box(1, 0.7, 62, 5, 6, 40))
    assert [(box.label, box.x) for box in found] == [(0, 62), (0, 70), (1, 62)]


def test_at_a_threshold_of_0_boxes_that_share_nothing_stay_apart():
    """In no tile, nor across a seam; where no tile sees both, they were fused for an IoU of 0."""
    apart = [Box(0, 0.9, 5, 5, 10, 10), Box(0, 0.8, 20, 5, 10, 10), Box(0, 0.7, 65, 40, 10, 10)]
    assert {(box.x, box.y) for box in fused(*apart, overlap=0)} == {(5, 5), (20, 5), (65, 40)}
    parts = [findings(tile) for tile in TILES]
    parts[0] = findings(TILES[0], [Box(0, 0.9, 50, 5, 30, 20)])
    parts[1] = findings(TILES[1], [Box(0, 0.8, 70, 5, 50, 20)])  # they share a little
    (found,) = merge(TILES, parts, 0, 100).answers["det"]
    assert (found.x, found.width) == (50, 70)


def test_a_weak_box_goes_with_a_strong_one_but_does_not_widen_it():
    parts = [findings(tile) for tile in TILES]
    parts[0] = findings(TILES[0], [Box(0, 0.9, 50, 5, 30, 20)])
    parts[1] = findings(TILES[1], [Box(0, 0.2, 60, 5, 70, 20)])
    (found,) = merge(TILES, parts, 0.5, 100).answers["det"]
    assert (found.x, found.width, found.score) == (50, 30, 0.9)


def groups(tiles, parts, overlap):
    """Which boxes are one defect, looking at one pair after the other."""
    boxes = [
        (replace(box, x=box.x + tile.left, y=box.y + tile.top), tile)
        for tile, part in zip(tiles, parts, strict=True)
        for box in part.answers["det"]
    ]
    boxes.sort(key=lambda pair: -pair[0].score)
    found = []
    while boxes:
        strong = [boxes.pop(0)]
        for one, tile in strong:
            for pair in list(boxes):
                other, place = pair
                left, right = max(tile.left, place.left), min(tile.left, place.left) + 80
                seen = [
                    (max(box.x, left), box.y, min(box.x + box.width, right), box.y + box.height)
                    for box in (one, other)
                ]
                apart = place is tile or left >= right or other.label != one.label
                if not apart and iou(*np.array(seen, np.float32)[:, None])[0, 0] >= overlap:
                    boxes.remove(pair)
                    if other.score >= strong[0][0].score / 2:
                        strong.append(pair)
        low = min(box.x for box, _ in strong), min(box.y for box, _ in strong)
        high = (
            max(box.x + box.width for box, _ in strong),
            max(box.y + box.height for box, _ in strong),
        )
        found.append((strong[0][0].score, *low, *high))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_many_boxes_fuse_as_they_do_pair_by_pair(seed):
    rng = np.random.default_rng(seed)

    def draw():
        x, y, width, height = rng.integers([0, 0, 20, 20], [60, 30, 60, 30])
        return Box(int(rng.integers(2)), rng.random(), *map(float, (x, y, width, height)))

    parts = [
        DecodedHeads(
            60, 80, {"det": tuple(sorted((draw() for _ in range(25)), key=lambda b: -b.score))}
        )
        for _ in TILES
    ]
    boxes = merge(TILES, parts, 0.3, 100).answers["det"]
    wanted = groups(TILES, parts, 0.3)
    assert 25 < len(wanted) < 75  # some are one, some are not
    for box, (score, left, top, right, bottom) in zip(boxes, wanted, strict=True):
        assert box.score == score
        assert (box.x, box.y, box.x + box.width, box.y + box.height) == pytest.approx(
            (left, top, right, bottom), abs=1e-3
        )


def test_the_best_boxes_are_kept():
    boxes = [Box(0, 0.5 + 0.1 * n, 15 * n, 5, 4, 4) for n in range(4)]
    parts = [findings(tile, boxes) for tile in TILES]
    assert [box.score for box in merge(TILES, parts, 0.5, 2).answers["det"]] == [0.8, 0.7]


def test_masks_without_a_seam():
    whole = np.random.default_rng(0).random((HEIGHT, WIDTH, 2), np.float32)
    merged = merge(TILES, [findings(tile, (), whole) for tile in TILES], 0.5, 100)
    np.testing.assert_allclose(merged.answers["seg"], whole, atol=1e-6)
    assert (merged.height, merged.width) == (HEIGHT, WIDTH)


def test_masks_fade_from_tile_to_tile():
    tiles = [Window(0, 0, 10, 30), Window(0, 20, 10, 30)]
    parts = [
        DecodedHeads(10, 30, {"seg": np.full((10, 30, 1), value, np.float32)}) for value in (0, 1)
    ]
    line = merge(tiles, parts, 0.5, 100).answers["seg"][5, :, 0]
    assert (line[:20] == 0).all()
    assert (line[30:] == 1).all()
    assert (np.diff(line[19:31]) > 0).all()
    assert line[24] + line[25] == pytest.approx(1)


def test_a_class_scores_as_where_it_is_seen_best():
    parts = [
        findings(tile, scores=np.array(scores, np.float32))
        for tile, scores in zip(TILES, [(0.1, 0.9), (0.4, 0.2), (0.3, 0.3)], strict=True)
    ]
    np.testing.assert_allclose(merge(TILES, parts, 0.5, 100).answers["cls"], [0.4, 0.9])


def test_heads_that_were_not_built_stay_away():
    parts = [DecodedHeads(tile.height, tile.width, {"det": ()}) for tile in TILES]
    assert merge(TILES, parts, 0.5, 100).answers == {"det": ()}


def test_the_whole_image_is_a_second_view():
    views = windows(HEIGHT, WIDTH, TileSettings(size=(60, 80), overlap=0.25, whole=0.5))
    assert views == [*TILES, Window(0, 0, HEIGHT, WIDTH)]
    tiles = [
        findings(tile, (), np.full((HEIGHT, WIDTH, 1), 0.2, np.float32), np.float32([score]))
        for tile, score in zip(TILES, (0.1, 0.9, 0.3), strict=True)
    ]
    box = Box(0, 0.7, 70, 5, 30, 20)
    whole = findings(
        views[-1], (box,), np.full((HEIGHT, WIDTH, 1), 0.6, np.float32), np.float32([0.5])
    )
    merged = merge(views, [*tiles, whole], 0.5, 100)
    # Odds of 9 and 1: the mean of their logarithms is that of 3.
    np.testing.assert_allclose(merged.answers["cls"], [0.75], rtol=1e-6)
    np.testing.assert_allclose(merged.answers["seg"], 0.4, rtol=1e-6)
    assert merged.answers["det"] == (box,)


def test_both_views_of_a_defect_are_one_box():
    views = [*TILES, Window(0, 0, HEIGHT, WIDTH)]
    box = Box(1, 0.9, 62, 5, 30, 20)
    (found,) = merge(views, [findings(view, (box,)) for view in views], 0.5, 100).answers["det"]
    assert (found.x, found.y, found.x + found.width, found.y + found.height) == corners(box)


def test_an_image_is_as_new_as_its_newest_tile_and_its_map_is_blended():
    whole = np.random.default_rng(0).random((HEIGHT, WIDTH)).astype(np.float32)
    parts = [
        DecodedHeads(tile.height, tile.width, {}, novelty, whole[tile.slices])
        for tile, novelty in zip(TILES, (0.1, 0.7, 0.3), strict=True)
    ]
    found = merge(TILES, parts, 0.5, 100)
    assert found.novelty == 0.7
    assert found.novelty_map == pytest.approx(whole, abs=1e-6)


def test_without_a_memory_there_is_no_novelty():
    found = merge(TILES, [findings(tile) for tile in TILES], 0.5, 100)
    assert found.novelty is None
    assert found.novelty_map is None
