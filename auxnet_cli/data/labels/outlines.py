"""Keeps the corners around defects, so that boxes stay exact when images are resized and turned."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Corners = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""


@dataclass(frozen=True)
class Outline:
    """The convex outline of one defect, as fine as it is in the original image.

    Attributes:
        label: index of its class.
        corners: (corners, 2) x, y in pixels; (0, 0) is the top left of the first pixel.
        number: of the defect in ``Sample.instances``; 0 where it has a box and no mask.
    """

    label: int
    corners: Floats
    number: int = 0

    @property
    def box(self) -> Corners:
        """The box around the corners."""
        (x1, y1), (x2, y2) = self.corners.min(axis=0), self.corners.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)

    def moved(self, matrix: NDArray[np.float64]) -> "Outline":
        """Returns the outline after a 2 × 3 ``matrix`` from old to new pixel centres."""
        # The top left of the first pixel is (0, 0) here; OpenCV calls its centre (0, 0).
        corners = (self.corners - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
        return replace(self, corners=np.asarray(corners, np.float32))

    def shifted(self, x: int, y: int) -> "Outline":
        """Returns the outline moved by whole pixels to the right and down."""
        return replace(self, corners=self.corners + np.array([x, y], np.float32))

    def within(self, height: int, width: int, margin: float = 0.0) -> bool:
        """Tells whether an image shows all of it, ``margin`` pixels or more from the border."""
        x1, y1, x2, y2 = self.box
        nearest = min(x1, y1, width - x2, height - y2)
        return nearest >= margin - 1e-3  # what flips and scales round off cuts nothing


def hull_corners(mask: NDArray[np.uint8]) -> Floats:
    """Returns the (corners, 2) hull of a (height, width) mask of 0 and 1 that is not empty.

    A pixel counts as a square, so that the hull has the mask's box.
    """
    left, top, width, height = cv2.boundingRect(mask)
    part = np.ascontiguousarray(mask[top : top + height, left : left + width])
    borders, _ = cv2.findContours(
        part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top)
    )
    pixels = cv2.convexHull(np.concatenate(borders))
    squares = np.concatenate([pixels + np.array([x, y]) for x in (0, 1) for y in (0, 1)])
    corners = cv2.convexHull(squares.astype(np.int32))
    return np.asarray(corners.reshape(-1, 2), np.float32)
