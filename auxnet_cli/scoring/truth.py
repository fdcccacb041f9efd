"""Truth: what an image really holds, as scoring needs it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.rle import decode
from auxnet_cli.errors import InputError


@dataclass(frozen=True)
class Truth:
    """What one image really holds.

    Attributes:
        record: the image in the data set.
        classes: how many classes there are.
    """

    record: Record
    classes: int

    @property
    def labels(self) -> NDArray[np.bool_]:
        """(classes,) bool, the classes on the image."""
        present = np.zeros(self.classes, bool)
        present[list(self.record.labels)] = True
        return present

    @property
    def has_masks(self) -> bool:
        """Whether every defect has a mask; a good image has: the empty one."""
        return all(annotation.rle is not None for annotation in self.record.annotations)

    def masks(self) -> NDArray[np.bool_]:
        """(height, width, classes) bool, decoded anew at each call.

        Raises:
            InputError: a mask is not of the image's size.
        """
        masks = np.zeros((self.record.height, self.record.width, self.classes), bool)
        for label in self.record.labels:
            masks[..., label] = self.mask(label)
        return masks

    def mask(self, label: int) -> NDArray[np.bool_]:
        """(height, width) bool, of one class; decoded anew at each call.

        Raises:
            InputError: a mask is not of the image's size.
        """
        record = self.record
        size = (record.height, record.width)
        parts = [a.rle for a in record.annotations if a.label == label and a.rle is not None]
        wrong = [tuple(rle["size"]) for rle in parts if tuple(rle["size"]) != size]
        if wrong:
            raise InputError(
                f"{record.name} is of (height, width) {size}, but a mask of it is of "
                f"{wrong[0]}: prepare the data set again."
            )
        # Joined as run lengths: decoding defect by defect is slow where there are hundreds.
        return decode(coco.merge(parts)) if parts else np.zeros(size, bool)
