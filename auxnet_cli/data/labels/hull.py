"""Convex hulls of defects: their boxes stay exact however their images are resized and turned."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class Hull:
    """The convex hull of one defect's pixels, as fine as they were in the original image.

    Attributes:
        number: of the defect in ``Sample.instances``.
        label: its class.
        corners: (corners, 2) x, y in pixels; (0, 0) is the top left of the first pixel.
    """

    number: int
    label: int
    corners: Floats

    @property
    def box(self) -> Corners:
        """x1, y1, x2, y2."""
        (x1, y1), (x2, y2) = self.corners.min(axis=0), self.corners.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)

    def moved(self, matrix: NDArray[np.float64]) -> "Hull":
        """The hull after a 2 × 3 ``matrix`` from old to new pixel centres."""
        return Hull(self.number, self.label, move(self.corners, matrix))

    def within(self, height: int, width: int, margin: float = 0.0) -> bool:
        """Whether an image shows all of it, so far from the border, pixels."""
        x1, y1, x2, y2 = self.box
        nearest = min(x1, y1, width - x2, height - y2)
        return nearest >= margin - 1e-3  # what flips and scales round off is no cut


def hull_corners(mask: NDArray[np.uint8]) -> Floats:
    """The corners of the hull of a (height, width) mask of 0 and 1 that is not empty, (corners, 2).

    A pixel counts as a square: the hull's box is the mask's.
    """
    left, top, width, height = cv2.boundingRect(mask)
    shown = np.ascontiguousarray(mask[top : top + height, left : left + width])
    outlines, _ = cv2.findContours(
        shown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top)
    )
    pixels = cv2.convexHull(np.concatenate(outlines))
    squares = np.concatenate(
        [pixels + np.array([right, down]) for right in (0, 1) for down in (0, 1)]
    )
    corners = cv2.convexHull(squares.astype(np.int32))
    return np.asarray(corners.reshape(-1, 2), np.float32)


def move(corners: Floats, matrix: NDArray[np.float64]) -> Floats:
    """(..., 2) corners after a 2 × 3 ``matrix`` from old to new pixel centres.

    Corner (0, 0) is the top left of the first pixel, whose centre OpenCV calls (0, 0).
    """
    moved = (corners - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    return np.asarray(moved, np.float32)
