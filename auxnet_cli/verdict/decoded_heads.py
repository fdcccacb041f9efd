"""Holds what the heads say of an image or a tile, before any threshold but the boxes' floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Box

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class DecodedHeads:
    """The decoded heads of a window, at its size in the original image.

    Attributes:
        height, width: of the window, pixels.
        scores: (classes,) 0-1; ``None`` where the head was not built, as with the others.
        probabilities: (height, width, classes) 0-1.
        boxes: highest score first, in pixels of the window.
    """

    height: int
    width: int
    scores: Floats | None
    probabilities: Floats | None
    boxes: tuple[Box, ...] | None
