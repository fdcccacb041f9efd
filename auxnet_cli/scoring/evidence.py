"""Evidence: what scoring keeps of each image of a split, some kilobytes in place of its pixels.

Every figure of a report is a function of it and of a weight for each image. The figure itself has
weights of one; a bootstrap replicate has the number of times that an image's group was drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Flaw:
    """One true defect, and whether it was found.

    Attributes:
        label: index into the classes.
        area: of its mask, or of its box where it has none; pixels of the original image.
        length: the longer side of the smallest rectangle around its mask, at any angle, or of its
            box; pixels.
        masked: whether a mask of the answer, of any class, touches it; ``None`` without masks.
        boxed: whether a confident box of any class overlaps its box with an IoU of at least 0.1;
            ``None`` without boxes.
        named: whether a confident box of its own class does; ``None`` without boxes.
    """

    label: int
    area: float
    length: float
    masked: bool | None
    boxed: bool | None
    named: bool | None


@dataclass(frozen=True)
class Evidence:
    """One image: truth and answer, condensed.

    Attributes:
        name: of the image in the data set.
        group: of images that show one part, which are drawn together; the image's name where the
            data set knows no groups.
        labels: (classes,) bool, the classes that the image shows.
        stopped: the verdict.
        scores: (classes,) 0-1, of the classification head; ``None`` without one, as below.
        votes: how strongly each head (``cls``, ``seg``, ``det``) holds that the image shows a
            class: (classes,) 0-1.
        pixels: (3, classes) pixels: common to truth and answer, of the truth, of the answer;
            ``None`` also where a defect of the image has no mask.
        answer: (boxes, 6) label, score, x, y, width, height, highest score first.
        truth: (defects, 5) label, x, y, width, height.
        flaws: the true defects, in the order of ``truth``.
    """

    name: str
    group: str
    labels: Flags
    stopped: bool
    scores: Floats | None
    votes: Mapping[str, Floats]
    pixels: Ints | None
    answer: Floats | None
    truth: Floats
    flaws: tuple[Flaw, ...]

    @property
    def defective(self) -> bool:
        """Whether the image shows a defect."""
        return bool(len(self.truth))


def group_numbers(evidence: Sequence[Evidence]) -> Ints:
    """(images,) the number of each image's group, from 0."""
    _, numbers = np.unique([image.group for image in evidence], return_inverse=True)
    return numbers.astype(np.int64)
