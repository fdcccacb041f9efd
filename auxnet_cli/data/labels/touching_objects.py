"""Objects of one class as few masks: objects that touch lie on different ones."""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.run_lengths import Mask

MAX_LAYERS = 32
"""Masks at most, over all classes of an image, which bounds memory and time: 4 tell any map's
countries apart."""

_MOST_COMPARED = 500_000_000


class Layers:
    """Masks that keep touching objects apart, since what touches on one mask is one defect.

    Args:
        height: of the image, pixels.
        width: likewise.
        classes: how many classes of the image share ``MAX_LAYERS``; each has one at least.

    Attributes:
        masks: (height, width) each.
        joined: objects that found no place of their own, since they touch others on every mask, or
            since so much was compared already that it would take seconds.
    """

    def __init__(self, height: int, width: int, classes: int = 1) -> None:
        self._size = height, width
        self._most = max(1, MAX_LAYERS // classes)
        self._left = _MOST_COMPARED // classes
        self.masks: list[Mask] = []
        self.joined = 0

    def add(self, top: int, left: int, part: Mask) -> None:
        """Lay an object on the first mask where it touches no other.

        Args:
            top: the row of the part's first row; the part lies within the image.
            left: its first column.
            part: (rows, columns) the object's pixels.
        """
        high, wide = part.shape
        if self._left <= 0 and self.masks:
            self.joined += 1
            self.masks[-1][top : top + high, left : left + wide] |= part
            return
        reach: NDArray[np.uint8] = cv2.dilate(
            np.pad(part, 1).astype(np.uint8), np.ones((3, 3), np.uint8)
        )
        up, over = min(top, 1), min(left, 1)
        around = np.s_[top - up : top + high + 1, left - over : left + wide + 1]
        for mask in self.masks:
            self._left -= part.size
            seen = mask[around]
            near = reach[1 - up :, 1 - over :][: seen.shape[0], : seen.shape[1]]
            if not (seen & near.astype(bool)).any():
                break
        else:
            if len(self.masks) < self._most:
                self.masks.append(np.zeros(self._size, bool))
            else:
                self.joined += 1
            mask = self.masks[-1]
        mask[top : top + high, left : left + wide] |= part
