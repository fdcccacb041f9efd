"""A small grey picture of an image: what is kept of each while a whole set is looked at."""

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 64
"""Height and width of every thumbnail, pixels, whatever the shape of the image."""

Thumbnail = NDArray[np.uint8] | NDArray[np.uint16]


def thumbnail(stored: Thumbnail) -> Thumbnail:
    """Average a (height, width, 3) RGB image to (64, 64) grey samples of the same kind."""
    height, width = stored.shape[:2]
    smaller = (min(width, SIDE), min(height, SIDE))  # by areas, where a side shrinks
    small = cv2.resize(stored, smaller, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    result: Thumbnail = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return result


def blank() -> Thumbnail:
    """The thumbnail of an image that nobody looked at: black."""
    return np.zeros((SIDE, SIDE), np.uint8)
