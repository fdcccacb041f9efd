"""Packs the objects of one class into few masks: objects that touch lie on different ones."""

import cv2
import numpy as np

from auxnet_cli.data.labels.run_lengths import Mask

MAX_LAYERS = 32
"""The most masks of all classes of an image, which bounds memory and time: 4 are enough to tell the
countries of any map apart."""

_MAX_COMPARED = 500_000_000
"""Pixels compared on one image: more would take seconds."""


class Layers:
    """Keeps touching objects on separate masks, since what touches on one mask is one defect.

    The ``classes`` of an image share ``MAX_LAYERS``; each has at least one.

    Attributes:
        masks: (height, width) each.
        joined: how many objects were joined to others, because they touch objects on every mask or
            because comparing more would take seconds.
    """

    def __init__(self, height: int, width: int, classes: int = 1) -> None:
        self._size = height, width
        self._max_masks = max(1, MAX_LAYERS // classes)
        self._budget = _MAX_COMPARED // classes
        self.masks: list[Mask] = []
        self.joined = 0

    def add(self, top: int, left: int, part: Mask) -> None:
        """Lays an object on the first mask where it touches no other.

        ``part``, (rows, columns), holds its pixels; its upper left corner lies at (top, left), and
        all of it within the image.
        """
        rows, columns = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        mask = self._free_mask(top, left, part)
        if mask is None:
            self.joined += 1
            mask = self.masks[-1]
        mask[rows, columns] |= part

    def _free_mask(self, top: int, left: int, part: Mask) -> Mask | None:
        """Returns a mask, or a new one, on which the object touches nothing."""
        if self._budget <= 0 and self.masks:
            return None
        reach = cv2.dilate(np.pad(part, 1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        up, over = min(top, 1), min(left, 1)
        height, width = part.shape
        for mask in self.masks:
            self._budget -= part.size
            near = mask[top - up : top + height + 1, left - over : left + width + 1]
            if not (near & reach[1 - up :, 1 - over :][: near.shape[0], : near.shape[1]]).any():
                return mask
        if len(self.masks) == self._max_masks:
            return None
        self.masks.append(np.zeros(self._size, bool))
        return self.masks[-1]
