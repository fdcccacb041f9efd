import math

import numpy as np
import pytest

from auxnet_cli.backend import layers, ops
from auxnet_cli.model.detection.anchor_head import anchor_loss, detection_levels
from auxnet_cli.settings import LossSettings


def test_levels_go_beyond_p5_by_strides():
    merged = {5: layers.Input((3, 4, 16)), 4: layers.Input((5, 7, 16))}
    levels = detection_levels(merged, 4, 7, 8)
    shapes = {level: x.shape[1:] for level, x in levels.items()}
    assert shapes == {4: (5, 7, 8), 5: (3, 4, 8), 6: (2, 2, 8), 7: (1, 1, 8)}
    assert detection_levels(merged, 6, 6, 8)[6].shape[1:] == (2, 2, 8)


def _loss(classes, scores, boxes=None):
    offsets = np.zeros((*np.shape(classes), 4), np.float32)
    boxes = offsets if boxes is None else np.array(boxes, np.float32)
    arrays = np.array(classes, np.int32), offsets, np.array(scores, np.float32), boxes
    return float(anchor_loss(*map(ops.convert_to_tensor, arrays), LossSettings()))


def test_by_hand():
    # One matched anchor, one ignored, one background; p = 1/2 everywhere; box off by (2, 0, 0, 0).
    loss = _loss([[0, -2, -1]], np.zeros((1, 3, 1)), boxes=[[[2, 0, 0, 0], [9] * 4, [9] * 4]])
    focal = (0.25 + 0.75) * 0.5**4 * math.log(2)
    assert loss == pytest.approx(focal + 1.5 / 4, rel=1e-5)


def test_good_parts_alone_teach_the_class_subnet():
    loud = _loss([[-1, -1]], np.zeros((1, 2, 1)))
    assert loud == pytest.approx(2 * 0.75 * 0.5**4 * math.log(2), rel=1e-5)
    assert _loss([[-1, -1]], np.full((1, 2, 1), -9.0)) < loud / 1000
