"""The true labels and masks of an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.labels.run_lengths import decode_union
from auxnet_cli.errors import InputError


@dataclass(frozen=True)
class Truth:
    """What an image of the data set really shows of the classes."""

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
        """Whether every defect has a mask; a good image has the empty one."""
        return all(annotation.rle is not None for annotation in self.record.annotations)

    def masks(self) -> NDArray[np.bool_]:
        """Decodes the masks anew at each call: (height, width, classes) bool.

        Raises:
            InputError: a mask is not of the image's size, or damaged.
        """
        masks = np.zeros((self.record.height, self.record.width, self.classes), bool)
        for label in self.record.labels:
            masks[..., label] = self.mask(label)
        return masks

    def mask(self, label: int) -> NDArray[np.bool_]:
        """Decodes the mask of one class anew at each call: (height, width) bool.

        Raises:
            InputError: a mask is not of the image's size, or damaged.
        """
        size = (self.record.height, self.record.width)
        drawn = [a.rle for a in self.record.annotations if a.label == label and a.rle is not None]
        try:
            return decode_union(drawn, *size)
        except ValueError as error:
            raise InputError(
                f"{self.record.name} has a mask that is none: {error}; prepare the data set again."
            ) from None
