"""Anchor coverage: which defects the anchors of a setting can match, and which only at a stretch.

Detection learns a defect from the anchors that overlap it by ``match`` or more. A defect that no
anchor overlaps so well is learned from its single best anchor, by the rule of
:func:`anchors.match`, and often not at all. Whether that is so is a matter of shapes alone, and can
be told before training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.settings import AnchorSettings, Settings

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class BestAnchors:
    """The anchor that overlaps each truth best.

    Attributes:
        boxes: (truths, 4) x1, y1, x2, y2 in pixels of the network's input.
        overlap: (truths,) IoU.
    """

    boxes: Floats
    overlap: Floats


def at_network_size(
    boxes: Sequence[Box], height: int, width: int, settings: Settings
) -> tuple[Floats, NDArray[np.intp]]:
    """Boxes as the network sees them.

    Where images are cut into tiles, each defect is taken on the tile that shows most of it.

    Args:
        boxes: x, y, width, height in pixels of the image.
        height: of the image.
        width: likewise.
        settings: ``data.size`` and ``tile``.

    Returns:
        (boxes, 4) x1, y1, x2, y2 in pixels of the network's input; and (boxes,) which of
        :func:`tiling.windows` each was taken on.
    """
    if not len(boxes):
        return np.zeros((0, 4)), np.zeros(0, np.intp)
    given = np.array(boxes, np.float64)
    corners = np.concatenate([given[:, :2], given[:, :2] + given[:, 2:]], axis=1)
    tiles = np.array(windows(height, width, settings.tile), np.float64)
    low = tiles[:, None, [1, 0]]
    high = low + tiles[:, None, [3, 2]]
    ends = (np.clip(corners[None, :, end : end + 2], low, high) - low for end in (0, 2))
    cut = np.concatenate(list(ends), axis=2)
    shown = (cut[..., 2:] - cut[..., :2]).prod(axis=-1).argmax(axis=0)
    scale = np.array(settings.data.size, np.float64)[::-1] / tiles[shown][:, [3, 2]]
    return cut[shown, np.arange(len(given))] * np.tile(scale, 2), shown


def best_anchors(truths: Floats, size: tuple[int, int], settings: AnchorSettings) -> BestAnchors:
    """The best anchor of each truth, found without making the anchors.

    Of anchors of one shape the nearest in x and y overlaps most, so that a shape on a level need
    be tried in one place only.

    Args:
        truths: (truths, 4) x1, y1, x2, y2 in pixels of the network's input.
        size: (height, width) of that input.
        settings: levels, base, scales, ratios.
    """
    boxes, overlap = np.zeros((len(truths), 4)), np.full(len(truths), -1.0)
    for level in range(settings.levels[0], settings.levels[1] + 1):
        for scale in settings.scales:
            for ratio in settings.ratios:
                side = scale * settings.base * 2**level
                found, iou = nearest_anchors(truths, size, level, side, ratio)
                better = iou > overlap
                boxes[better], overlap[better] = found[better], iou[better]
    return BestAnchors(boxes, overlap)


def nearest_anchors(
    truths: Floats, size: tuple[int, int], level: int, side: float, ratio: float
) -> tuple[Floats, Floats]:
    """The anchor of one shape that overlaps each truth best, and their IoU.

    Args:
        truths: (truths, 4) x1, y1, x2, y2 in pixels of the network's input.
        size: (height, width) of that input.
        level: of the pyramid; stride is 2^level.
        side: square root of the anchor's area, pixels.
        ratio: its height over its width.
    """
    stride = 2**level
    half = np.array([side / np.sqrt(ratio), side * np.sqrt(ratio)]) / 2
    last = np.array([-(-size[1] // stride), -(-size[0] // stride)]) - 1
    middle = (truths[:, :2] + truths[:, 2:]) / 2
    centre = (np.clip(np.round(middle / stride - 0.5), 0, last) + 0.5) * stride
    anchors = np.concatenate([centre - half, centre + half], axis=1)
    low, high = np.maximum(truths[:, :2], anchors[:, :2]), np.minimum(truths[:, 2:], anchors[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = (truths[:, 2:] - truths[:, :2]).prod(axis=1) + (2 * half).prod() - shared
    return anchors, shared / union
