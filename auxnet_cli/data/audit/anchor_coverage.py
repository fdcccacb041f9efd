"""Computes which defects the anchors of a setting can match.

Detection learns a defect from the anchors that overlap it by ``match`` or more. A defect that no
anchor overlaps so well is learned from its single best anchor alone, and often not at all. Shapes
decide which it is, so that it is known before training.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.settings import AnchorSettings, Settings

Floats = NDArray[np.float64]


def at_network_size(
    boxes: Sequence[Box], height: int, width: int, settings: Settings
) -> tuple[Floats, NDArray[np.intp]]:
    """Scales boxes (x, y, width, height) of a (height, width) image to the network's input.

    Where images are cut into tiles, each defect is cropped to the tile that shows most of it.

    Returns:
        (boxes, 4) x1, y1, x2, y2 in pixels of the network's input; and (boxes,) the index of the
        tile, one of :func:`auxnet_cli.data.samples.tiling.windows`.
    """
    if not len(boxes):
        return np.zeros((0, 4)), np.zeros(0, np.intp)
    given = np.array(boxes, np.float64)
    corners = np.concatenate([given[:, :2], given[:, :2] + given[:, 2:]], axis=1)
    tiles = np.array(windows(height, width, settings.tile), np.float64)
    low = tiles[:, None, [1, 0]]
    high = low + tiles[:, None, [3, 2]]
    ends = (np.clip(corners[None, :, end : end + 2], low, high) - low for end in (0, 2))
    cropped = np.concatenate(list(ends), axis=2)
    shown = (cropped[..., 2:] - cropped[..., :2]).prod(axis=-1).argmax(axis=0)
    scale = np.array(settings.data.size, np.float64)[::-1] / tiles[shown][:, [3, 2]]
    return cropped[shown, np.arange(len(given))] * np.tile(scale, 2), shown


def anchor_shapes(settings: AnchorSettings) -> Iterator[tuple[int, float, float]]:
    """Yields each shape as pyramid level, scale × base, and height over width."""
    levels = range(settings.levels[0], settings.levels[1] + 1)
    for level, scale, ratio in product(levels, settings.scales, settings.ratios):
        yield level, scale * settings.base, ratio


def best_anchors(
    truths: Floats, size: tuple[int, int], settings: AnchorSettings
) -> tuple[Floats, Floats]:
    """Returns the anchor that overlaps each defect best, and their IoU, without making all anchors.

    Defects and anchors are (defects, 4) x1, y1, x2, y2 in pixels of the network's input, which has
    a ``size`` of (height, width).
    """
    boxes, overlap = np.zeros((len(truths), 4)), np.full(len(truths), -1.0)
    for level, scale, ratio in anchor_shapes(settings):
        nearest, iou = nearest_anchors(truths, size, level, scale, ratio)
        better = iou > overlap
        boxes[better], overlap[better] = nearest[better], iou[better]
    return boxes, overlap


def nearest_anchors(
    truths: Floats, size: tuple[int, int], level: int, scale: float, ratio: float
) -> tuple[Floats, Floats]:
    """Returns the anchor of one shape that is nearest to each defect in x and y, and their IoU.

    The nearest anchor of a shape overlaps most. The shape is a pyramid level, whose stride is
    2^level pixels, the square root of the area in strides, and height over width; the rest is as
    for :func:`best_anchors`.
    """
    stride = 2**level
    side = scale * stride
    half = np.array([side / np.sqrt(ratio), side * np.sqrt(ratio)]) / 2
    last = np.array([-(-size[1] // stride), -(-size[0] // stride)]) - 1
    middle = (truths[:, :2] + truths[:, 2:]) / 2
    centre = (np.clip(np.round(middle / stride - 0.5), 0, last) + 0.5) * stride
    anchors = np.concatenate([centre - half, centre + half], axis=1)
    low, high = np.maximum(truths[:, :2], anchors[:, :2]), np.minimum(truths[:, 2:], anchors[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = (truths[:, 2:] - truths[:, :2]).prod(axis=1) + (2 * half).prod() - shared
    return anchors, shared / union
