"""Reads the features under boxes: RoI Align (He et al. 2017), by two matrix products a level.

Bilinear sampling is separable: a bin's mean over its samples is a weighted sum of rows, and that a
weighted sum of columns. So nothing is gathered, and every back end and runtime computes it.
"""

from collections.abc import Mapping
from math import log, log2

import numpy as np

from auxnet_cli.backend import Tensor, ops

SAMPLES = 2
"""Samples a bin and axis."""

CANONICAL, CANONICAL_LEVEL = 224, 4
"""A box of 224 × 224 pixels is read from P4, one of half the side from P3 (Lin et al. 2017)."""


def roi_align(levels: Mapping[int, Tensor], boxes: Tensor, bins: int) -> Tensor:
    """Reads each box from the level that its size belongs to.

    Samples lie as in torchvision with ``aligned=True`` and two samples a bin: the centre of the
    first pixel of a map is at half a stride.

    Args:
        levels: of the pyramid; level l is (batch, height / 2^l, width / 2^l, channels).
        boxes: (batch, boxes, 4) x1, y1, x2, y2 in pixels of the input.
        bins: places a side that each box is read at.

    Returns:
        (batch, boxes, bins, bins, channels).
    """
    finest, coarsest = min(levels), max(levels)
    sides = ops.maximum(boxes[..., 2:] - boxes[..., :2], 1e-6)
    # Half the logarithm of the area is the logarithm of the side.
    wanted = CANONICAL_LEVEL + ops.sum(ops.log(sides), axis=-1) / (2 * log(2)) - log2(CANONICAL)
    wanted = ops.clip(ops.floor(wanted + 1e-6), finest, coarsest)
    total = 0.0
    for level, features in sorted(levels.items()):
        chosen = ops.cast(ops.equal(wanted, level), features.dtype)[:, :, None, None]
        rows, columns = features.shape[1:3]
        y = _weights(boxes[..., 1], boxes[..., 3], rows, 2**level, bins) * chosen
        x = _weights(boxes[..., 0], boxes[..., 2], columns, 2**level, bins)
        read = ops.einsum("bnyh,bhwc->bnywc", y, features)
        total = total + ops.einsum("bnywc,bnxw->bnyxc", read, x)
    return total


def _weights(low: Tensor, high: Tensor, places: int, stride: int, bins: int) -> Tensor:
    """Returns how much each place of an axis counts in each bin.

    A sample outside the map by more than a place reads 0; nearer ones read the border.

    Args:
        low: (batch, boxes) where the boxes begin, pixels of the input.
        high: where they end.
        places: of the map along the axis.
        stride: pixels between two places.
        bins: of each box.

    Returns:
        (batch, boxes, bins, places).
    """
    # Arrays, not tensors: tf2onnx takes a tensor that was computed beforehand for an input.
    steps = (np.arange(bins * SAMPLES, dtype=np.float32) + 0.5) / (bins * SAMPLES)
    begin, length = low / stride - 0.5, (high - low) / stride
    samples = begin[..., None] + length[..., None] * steps
    inside = ops.cast(ops.logical_and(samples >= -1, samples <= places), low.dtype)
    samples = ops.clip(samples, 0.0, places - 1.0)[..., None]
    weights = ops.relu(1 - ops.absolute(samples - np.arange(places, dtype=np.float32)))
    weights = weights * inside[..., None]
    return ops.mean(ops.reshape(weights, (-1, low.shape[1], bins, SAMPLES, places)), axis=3)
