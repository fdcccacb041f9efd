"""Enlarges the logits of masks from the stride of the network's output to the size of its input.

Bilinear, with the centres of pixels at halves, by the stride; what strides round up is cut off at
the bottom and the right. :func:`enlarge` serves the decoding and imports no Keras,
:func:`enlarge_batch` serves the loss.
"""

from typing import Any

import cv2
import numpy as np

from auxnet_cli.verdict.decoded_heads import Floats

Tensor = Any


def reduced(size: tuple[int, int], stride: int) -> tuple[int, int]:
    """Returns the (rows, columns) of an output of this stride for an input of (height, width)."""
    height, width = size
    return -(-height // stride), -(-width // stride)


def enlarge(logits: Floats, stride: int, size: tuple[int, int]) -> Floats:
    """Enlarges (rows, columns, classes) to a new (height, width, classes) array of ``size``."""
    (rows, columns, classes), (height, width) = logits.shape, size
    full = cv2.resize(
        logits, (stride * columns, stride * rows), interpolation=cv2.INTER_LINEAR
    ).reshape(stride * rows, stride * columns, classes)
    return np.asarray(full, np.float32)[:height, :width]


def enlarge_batch(logits: Tensor, stride: int, size: tuple[int, int]) -> Tensor:
    """Enlarges (batch, rows, columns, classes) to (batch, height, width, classes) of ``size``."""
    if stride == 1:
        return logits
    from auxnet_cli.backend import ops

    height, width = size
    whole = tuple(stride * side for side in reduced(size, stride))
    full = ops.image.resize(logits, whole, interpolation="bilinear", data_format="channels_last")
    return full[:, :height, :width]
