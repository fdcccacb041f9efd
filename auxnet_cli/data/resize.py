"""To the network's input size."""

import cv2
import numpy as np
from numpy.typing import NDArray


def resize_image(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize (height, width, channels) pixels to ``size``, (height, width).

    Shrinking averages areas, so that fine defects fade instead of falling between samples.
    """
    height, width = size
    if image.shape[:2] == size:
        return image
    shrinks = height <= image.shape[0] and width <= image.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def resize_mask(mask: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize a (height, width) mask of 0 and 1 to ``size``, (height, width).

    A pixel belongs to the defect that covers half of it. A defect too small for that keeps the
    pixels that it covers most: none is lost.
    """
    height, width = size
    if mask.shape == size:
        return mask
    cover = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return (cover >= min(0.5, float(cover.max()))).astype(np.uint8) * mask.max()
