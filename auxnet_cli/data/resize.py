"""To the network's input size."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def resize_image(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize (height, width, channels) pixels to ``size``, (height, width).

    Shrinking averages areas, so that fine defects fade instead of falling between samples.
    """
    if image.shape[:2] == size:
        return image
    return np.asarray(_resample(image, size), np.uint8)


def resize_mask(mask: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize a (height, width) mask of 0 and 1 to ``size``, (height, width).

    A pixel belongs to the defect that covers half of it. A defect too small for that keeps the
    pixels that it covers most: none is lost.
    """
    if mask.shape == size:
        return mask
    if not mask.any():
        return np.zeros(size, np.uint8)
    cover = _resample(mask.astype(np.float32), size)
    return np.asarray(cover >= min(0.5, float(cover.max())), np.uint8)


def _resample(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Shrink by areas, then enlarge linearly.

    OpenCV's area method turns linear for both sides where either grows, and would step over pixels
    of the side that shrinks.
    """
    smaller = (min(pixels.shape[0], size[0]), min(pixels.shape[1], size[1]))
    for (height, width), method in ((smaller, cv2.INTER_AREA), (size, cv2.INTER_LINEAR)):
        if pixels.shape[:2] != (height, width):
            pixels = cv2.resize(pixels, (width, height), interpolation=method)
    return pixels
