"""Resizes images and masks to the network's input size, and images to thumbnails."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.image_file import Stored
from auxnet_cli.data.labels.connectivity import in_one_piece

THUMBNAIL_SIDE = 64
"""Height and width of every thumbnail, pixels, whatever the shape of the image."""


def resize_image(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resizes (height, width, channels) pixels to ``size``, (height, width).

    Shrinking averages areas, so that fine defects fade instead of falling between samples.
    """
    if image.shape[:2] == size:
        return image
    return np.asarray(_enlarge(_shrink(image, size), size), np.uint8)


def resize_mask(mask: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resizes a (height, width) mask of 0 and 1 to ``size``, (height, width).

    A pixel belongs to the defect that covers half of it. A defect too small for that keeps the
    pixels that it covers most, and a defect too thin for that stays in one piece from end to end,
    a pixel wide: none is lost, see :func:`connectivity.in_one_piece`.
    """
    if mask.shape == size:
        return mask
    if not mask.any():
        return np.zeros(size, np.uint8)
    small = _shrink(mask.astype(np.float32), size)
    cover = np.asarray(_enlarge(small, size), np.float32)
    solid = (cover >= min(0.5, float(cover.max()))).astype(np.uint8)
    touched = _enlarge_touched((small > 0).astype(np.uint8), size) | solid
    return in_one_piece(solid, touched, cover)


def thumbnail(stored: Stored) -> Stored:
    """Averages a (height, width, 3) RGB image to (64, 64) grey samples of the same type."""
    size = THUMBNAIL_SIDE, THUMBNAIL_SIDE
    grey: Stored = cv2.cvtColor(_shrink(stored, size), cv2.COLOR_RGB2GRAY)
    return _enlarge(grey, size)


def blank_thumbnail() -> NDArray[np.uint8]:
    """Returns the thumbnail of an image that nobody looked at: black."""
    return np.zeros((THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.uint8)


def _shrink(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Averages areas along the sides that shrink.

    OpenCV's area method turns linear for both sides where either grows, and would step over pixels
    of the side that shrinks.
    """
    smaller = (min(pixels.shape[0], size[0]), min(pixels.shape[1], size[1]))
    return _resize(pixels, smaller, cv2.INTER_AREA)


def _enlarge(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Interpolates linearly along the sides that grow."""
    return _resize(pixels, size, cv2.INTER_LINEAR)


def _resize(pixels: NDArray[Any], size: tuple[int, int], method: int) -> NDArray[Any]:
    if pixels.shape[:2] == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size[::-1], interpolation=method))


def _enlarge_touched(touched: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Marks pixels that the squares of the smaller mask's pixels reach, along sides that grow."""
    for axis, (length, new) in enumerate(zip(touched.shape, size, strict=True)):
        if length != new:
            steps = np.arange(new)
            first, last = steps * length // new, ((steps + 1) * length - 1) // new
            touched = touched.take(first, axis) | touched.take(last, axis)
    return touched
