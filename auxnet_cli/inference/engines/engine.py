"""Defines what every engine offers: raw pixels in, the raw outputs of the heads out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Outputs = dict[str, NDArray[np.float32]]


class Engine(Protocol):
    """A network that can be run, by ``requests`` calls at once, each from a thread of its own."""

    name: str
    precision: str
    requests: int

    @property
    def size(self) -> tuple[int, int] | None:
        """(height, width) of its input, pixels; ``None`` if it takes any."""
        ...

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch, (batch, height, width, 3) RGB at the input size of the network.

        Returns:
            The outputs of the branches that were built:

            - ``classification``: (batch, classes) logits; exclusive labels have one more, first,
              for "good"
            - ``segmentation``: (batch, height / stride, width / stride, classes) logits, rounded
              up, at the model card's ``mask_stride``
            - ``detection_scores``: (batch, anchors, classes) logits
            - ``detection_boxes``: (batch, anchors, 4) offsets from the anchors
            - ``memory``: (batch, rows, columns) squared distances from the memory of good parts
        """
        ...


def fixed_size(shape: Sequence[int | str | None]) -> tuple[int, int] | None:
    """Returns height and width of an input (batch, height, width, 3), unless one is open."""
    _, height, width, _ = shape
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None
