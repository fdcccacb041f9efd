from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.overlay.drawing import draw
from auxnet_cli.reports.palette import NEW, colour_of


def grey(height, width):
    return np.full((height, width, 3), 128, np.uint8)


def inspection(height, width, masks=None, boxes=None, *, scores=(0.9, 0.1), defective=True):
    return Inspection(
        height,
        width,
        ("pit", "crack"),
        None if scores is None else np.array(scores, np.float32),
        masks,
        boxes,
        defective,
    )


def masks(height, width, label=0, area=np.s_[0:0, 0:0]):
    predicted = np.zeros((height, width, 2), np.bool_)
    predicted[area][..., label] = True
    return predicted


def coloured(picture, colour):
    return (picture == np.array(colour, np.uint8)).all(axis=2)


@pytest.mark.parametrize(
    "size", [(200, 200), (256, 1600), (2056, 2464), (40, 900), (900, 40), (9, 7)]
)
def test_the_image_is_shown_whole_and_small_ones_are_enlarged(size):
    height, width = size
    image = np.full((height, width, 3), (120, 128, 135), np.uint8)
    picture = draw(image, inspection(height, width, masks(height, width), ()))
    assert picture.dtype == np.uint8
    assert picture.shape[1] >= 480
    assert max(picture.shape[:2]) >= 640
    factor = max(1, -(-640 // max(size)))
    assert coloured(picture, (120, 128, 135)).sum() == height * width * factor**2


def test_verdict_reads_in_grey():
    bad = draw(grey(200, 200), inspection(200, 200, defective=True))
    good = draw(grey(200, 200), inspection(200, 200, defective=False))
    band = np.s_[:30, :110]
    difference = cv2.absdiff(
        cv2.cvtColor(bad, cv2.COLOR_RGB2GRAY)[band], cv2.cvtColor(good, cv2.COLOR_RGB2GRAY)[band]
    )
    assert (difference > 30).mean() > 0.4


def test_mask_is_tinted_with_the_texture_kept_and_outlined_outside():
    noise = np.random.default_rng(0).integers(60, 200, (700, 700, 1), np.uint8).repeat(3, axis=2)
    predicted = masks(700, 700, area=np.s_[300:340, 200:260])
    picture = draw(noise, inspection(700, 700, predicted))
    plain = draw(noise, inspection(700, 700, masks(700, 700)))
    offset = picture.shape[0] - 700 - 6, 6  # band above, frame around
    inside = picture[300 + offset[0] : 340 + offset[0], 200 + offset[1] : 260 + offset[1]]
    texture = noise[300:340, 200:260, 0].ravel()
    assert np.corrcoef(inside[..., 0].ravel(), texture)[0, 1] > 0.99
    expected = (0.7 * noise[300:340, 200:260] + 0.3 * np.array(colour_of(0))).round()
    assert np.abs(inside.astype(int) - expected).max() <= 1
    ring = coloured(picture, colour_of(0)) & ~coloured(plain, colour_of(0))
    assert ring[300 + offset[0] - 1, 200 + offset[1] : 260 + offset[1]].all()


def test_tiny_defect_in_the_corner_stays_in_sight():
    image = grey(700, 700)
    image[0:3, 697:700] = (10, 200, 30)
    box = Box(1, 0.8, 697, 0, 3, 3)
    picture = draw(image, inspection(700, 700, None, (box,)))
    assert coloured(picture, (10, 200, 30)).sum() == 9


def test_labels_leave_defects_in_sight_where_there_is_room():
    predicted = masks(700, 700, area=np.s_[300:320, 300:320])
    boxes = tuple(Box(0, 0.9 - n / 100, 300 + n, 300 + n, 20, 20) for n in range(3))
    picture = draw(grey(700, 700), inspection(700, 700, predicted, boxes))
    tint = (0.7 * 128 + 0.3 * np.array(colour_of(0))).round()
    tinted = coloured(picture, tint)
    seen = coloured(draw(grey(700, 700), inspection(700, 700, predicted, ())), tint)
    assert seen.sum() == 400
    assert tinted.sum() > 200  # the boxes' own lines cross it, the plates do not


def test_weak_boxes_are_not_drawn():
    weak = draw(grey(300, 300), inspection(300, 300, None, (Box(0, 0.3, 10, 10, 50, 50),)))
    none = draw(grey(300, 300), inspection(300, 300, None, ()))
    assert np.array_equal(weak, none)


def test_truth_stands_beside_or_below():
    predicted, truth = masks(200, 200), masks(200, 200, area=np.s_[50:90, 50:90])
    alone = draw(grey(200, 200), inspection(200, 200, predicted))
    beside = draw(grey(200, 200), inspection(200, 200, predicted), truth)
    assert beside.shape[1] > 1.9 * alone.shape[1]
    half = beside.shape[1] // 2
    assert coloured(beside[60:, half:], colour_of(0)).any()
    assert not coloured(beside[60:, :half], colour_of(0)).any()
    wide = draw(grey(100, 800), inspection(100, 800, masks(100, 800)), masks(100, 800))
    assert wide.shape[0] > 200
    assert wide.shape[1] < 1000


@pytest.mark.parametrize("scores", [None, (0.2, 0.9)])
def test_every_task_may_be_missing(scores):
    picture = draw(grey(300, 300), inspection(300, 300, None, None, scores=scores))
    assert coloured(picture, colour_of(1)).any() == (scores is not None)


def test_many_classes_and_long_names_fit():
    names = tuple(f"très long nom de défaut {n} 裂纹" for n in range(60))
    scores = np.linspace(0, 1, 60, dtype=np.float32)
    boxes = tuple(Box(n, 0.9, 11.0 * n, 5.0 * n, 9, 9) for n in range(59, -1, -1))
    predicted = Inspection(300, 660, names, scores, None, boxes, True)
    picture = draw(grey(300, 660), predicted)
    assert picture.shape[1] < 700
    assert picture.shape[0] < 1100


def test_the_image_given_is_not_touched():
    image, predicted = grey(640, 640), masks(640, 640, area=np.s_[5:50, 5:50])
    draw(image, inspection(640, 640, predicted, (Box(0, 0.9, 5, 5, 45, 45),)), predicted)
    assert (image == 128).all()


@pytest.mark.parametrize("novelty", [0.3, 0.8])
def test_what_is_new_is_marked_only_where_the_image_is_new(novelty):
    new = np.zeros((700, 700), np.float32)
    new[300:340, 200:260] = 0.9
    found = replace(inspection(700, 700, masks(700, 700), ()), novelty=novelty, novelty_map=new)
    picture = draw(grey(700, 700), found)
    plain = draw(grey(700, 700), inspection(700, 700, masks(700, 700), ()))
    assert coloured(picture, NEW).any() == (novelty == 0.8)
    assert np.array_equal(picture, plain) == (novelty == 0.3)


@pytest.mark.parametrize("by", ["mask", "box", "weak box"])
def test_a_known_defect_is_not_marked_as_new(by):
    new = np.zeros((700, 700), np.float32)
    new[300:340, 200:260] = 0.9
    box = Box(0, 0.2 if by == "weak box" else 0.9, 250, 330, 60, 60)
    painted = masks(700, 700, area=np.s_[335:350, 255:300]) if by == "mask" else masks(700, 700)
    known = inspection(700, 700, painted, () if by == "mask" else (box,))
    drawn = draw(grey(700, 700), replace(known, novelty=0.8, novelty_map=new))
    assert coloured(drawn, NEW).any() == (by == "weak box")
    # Another region stays marked.
    new[500:520, 500:520] = 0.9
    assert coloured(draw(grey(700, 700), replace(known, novelty=0.8, novelty_map=new)), NEW).any()
