"""Holds what the heads say of an image or a tile, before any threshold but the boxes' floor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

Answer = Any
"""An array of scores or probabilities, or boxes."""


@dataclass(frozen=True)
class DecodedHeads:
    """The decoded heads of a window, at its size in the original image.

    Attributes:
        height, width: of the window, pixels.
        answers: of the heads that were built, by task; ``Task.answer`` tells their kind.
            ``scores``: (classes,) 0-1; ``map``: (height, width, classes) 0-1; ``boxes``: a tuple
            of :class:`Box`, highest score first, in pixels of the window.
        novelty: of the window, 0-1; ``None`` without a memory of good parts.
        novelty_map: (height, width) 0-1, of each pixel; ``None`` likewise.
    """

    height: int
    width: int
    answers: Mapping[str, Answer]
    novelty: float | None = None
    novelty_map: Floats | None = None
