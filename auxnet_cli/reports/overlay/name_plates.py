"""Places name plates on a picture beside what they name, clear of other plates and of defects."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.reports.overlay.lettering import Picture, shorten, text_width, write
from auxnet_cli.reports.palette import Colour, contrast

Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom lie outside."""


@dataclass(frozen=True)
class Plate:
    """A name, its colour, and the rectangle that it names."""

    text: str
    colour: Colour
    target: Rectangle


def place_plates(
    picture: Picture, plates: list[Plate], defects: NDArray[np.bool_], size: int
) -> list[Rectangle]:
    """Draws plates into the picture, in place; leaves out those that would cover earlier ones.

    Args:
        picture: (height, width, 3) RGB.
        plates: the plates, the most important first.
        defects: (height, width) bool, the pixels that should stay visible.
        size: height of the letters, pixels.

    Returns:
        The rectangles of the drawn plates, all within the picture.
    """
    height, width = defects.shape
    integral = cv2.integral(defects.astype(np.uint8))
    placed: list[Rectangle] = []
    for plate in plates:
        text = shorten(plate.text, size, width - size)
        plate_size = (text_width(text, size) + size // 2, round(1.35 * size))
        spots = _spots(plate.target, plate_size, (height, width))
        free = [spot for spot in spots if not any(_overlap(spot, other) for other in placed)]
        if not free:
            continue
        left, top, right, bottom = min(free, key=lambda spot: _defect_area(integral, spot))
        cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), plate.colour, cv2.FILLED)
        start = left + size // 4, (top + bottom) // 2
        write(picture, text, start, size, contrast(plate.colour))
        placed.append((left, top, right, bottom))
    return placed


def _spots(target: Rectangle, plate: tuple[int, int], limits: tuple[int, int]) -> list[Rectangle]:
    """Returns rectangles around the target, the best first, all moved into the picture."""
    left, top, right, bottom = target
    width, height = plate
    corners = [
        (left, top - height),
        (left, bottom),
        (right - width, top - height),
        (right - width, bottom),
        (right, top),
        (left - width, top),
        (right, bottom - height),
        (left - width, bottom - height),
        (left, top),
    ]
    spots = []
    for corner_x, corner_y in corners:
        x = max(0, min(corner_x, limits[1] - width))
        y = max(0, min(corner_y, limits[0] - height))
        spots.append((x, y, min(x + width, limits[1]), min(y + height, limits[0])))
    return spots


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _defect_area(integral: NDArray[np.int32], spot: Rectangle) -> int:
    left, top, right, bottom = spot
    inside = integral[bottom, right] - integral[top, right]
    return int(inside - integral[bottom, left] + integral[top, left])
