"""Computes with boxes: overlap, coding against anchors, non-maximum suppression.

A box is x1, y1, x2, y2 in pixels; x2 and y2 are the first column and row outside it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.coding import BOX_MOST_LOG_SCALE, BOX_SPREAD
from auxnet_cli.inspection import Box
from auxnet_cli.settings import DecisionSettings

Floats = NDArray[np.float32]

# Dividing the offsets by their usual spread gives all four the same weight in the loss.
SPREAD = np.array(BOX_SPREAD, np.float32)


def iou(first: Floats, second: Floats) -> Floats:
    """Returns intersection over union of every pair, (first, second); 0 where both are empty."""
    # Axis by axis: an array with a last axis of 2 takes four times as long.
    left, top, right, bottom = np.ascontiguousarray(second.T)
    shared = _shared(first[:, [0, 2]], left, right)
    shared *= _shared(first[:, [1, 3]], top, bottom)
    areas = [
        np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=-1) for boxes in (first, second)
    ]
    union = areas[0][:, None] + areas[1][None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _shared(sides: Floats, low: Floats, high: Floats) -> Floats:
    """Returns the length that each pair of sides shares, (first, second)."""
    length: Floats = np.minimum(sides[:, 1:], high) - np.maximum(sides[:, :1], low)
    return np.maximum(length, 0, out=length)


def encode(boxes: Floats, anchors: Floats) -> Floats:
    """Returns offsets of boxes from their anchors: (Δx, Δy) / size, log of the sizes' ratio."""
    size, anchor_size = boxes[:, 2:] - boxes[:, :2], anchors[:, 2:] - anchors[:, :2]
    shift = (boxes[:, :2] + size / 2 - anchors[:, :2] - anchor_size / 2) / anchor_size
    offsets: Floats = np.concatenate([shift, np.log(size / anchor_size)], axis=1)
    return offsets / SPREAD


def decode(offsets: Floats, anchors: Floats) -> Floats:
    """Returns boxes from offsets: the inverse of :func:`encode`."""
    offsets = offsets * SPREAD
    anchor_size = anchors[:, 2:] - anchors[:, :2]
    centre = anchors[:, :2] + anchor_size / 2 + offsets[:, :2] * anchor_size
    half = anchor_size * np.exp(np.minimum(offsets[:, 2:], BOX_MOST_LOG_SCALE)) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def suppress(
    boxes: Floats, scores: Floats, labels: NDArray[np.int64], threshold: float
) -> NDArray[np.int64]:
    """Suppresses (boxes, 4) that overlap a better one of their class by more than an IoU.

    Returns:
        Indices of the boxes kept, best score first.
    """
    order = np.argsort(-scores, kind="stable")
    # In 64 bits: rounded sizes would make boxes overlap that only touch.
    exact = boxes[order].astype(np.float64)
    corner_and_size = np.concatenate([exact[:, :2], exact[:, 2:] - exact[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        corner_and_size.tolist(),
        scores[order].astype(float).tolist(),
        labels[order].astype(int).tolist(),
        0.0,
        threshold,
    )
    return order[np.sort(np.asarray(kept, np.int64).reshape(-1))]


def strongest(scores: Floats, count: int) -> NDArray[np.int64]:
    """Returns the indices, in order, of the ``count`` highest scores and all equal to the last."""
    if count >= len(scores):
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, -count)[-count])


def distinct_boxes(
    corners: Floats,
    scores: Floats,
    labels: NDArray[np.int64],
    size: tuple[int, int],
    decision: DecisionSettings,
) -> tuple[Box, ...]:
    """Cuts candidates at the border of a window and leaves the best of those that overlap.

    Args:
        corners: (boxes, 4) in pixels of the window.
        scores: (boxes,) 0-1.
        labels: (boxes,) class indices.
        size: (height, width) of the window, pixels.
        decision: ``nms_iou`` and ``max_boxes``.

    Returns:
        Highest score first.
    """
    height, width = size
    corners = np.clip(corners, 0, [width, height, width, height])
    real = (corners[:, 2:] > corners[:, :2]).all(axis=1)
    corners, scores, labels = corners[real], scores[real], labels[real]
    kept = suppress(corners, scores, labels, decision.nms_iou)[: decision.max_boxes]
    places, sizes = corners[kept, :2], corners[kept, 2:] - corners[kept, :2]
    columns = labels[kept], scores[kept], *places.T, *sizes.T
    return tuple(Box(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
