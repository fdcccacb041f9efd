"""What every engine is to the rest: raw pixels in, the heads' raw output out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Outputs = dict[str, NDArray[np.float32]]


class Engine(Protocol):
    """A network that can be run.

    ``run`` takes (batch, height, width, 3) uint8 pixels, RGB, at the network's input size, and
    gives the outputs of the branches that were built:

    - ``classification``: (batch, classes) logits; one more, first, for "good" if the labels are
      exclusive
    - ``segmentation``: (batch, height, width, classes) logits
    - ``detection_scores``: (batch, anchors, classes) logits
    - ``detection_boxes``: (batch, anchors, 4) offsets from the anchors

    ``size`` is the (height, width) that it takes, ``None`` where it takes any.

    ``requests`` is how many calls it takes at once, each from a thread of its own.
    """

    name: str
    precision: str
    requests: int

    @property
    def size(self) -> tuple[int, int] | None:
        """The input's."""
        ...

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch."""
        ...


def fixed_size(shape: Sequence[int | str | None]) -> tuple[int, int] | None:
    """Height and width of an input (batch, height, width, 3), unless it leaves one open."""
    _, height, width, _ = shape
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None
