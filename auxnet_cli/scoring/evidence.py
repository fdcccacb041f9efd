"""Evidence: what scoring keeps of each image of a split, some kilobytes in place of its pixels.

Every figure of a report is a function of the evidence and of a weight for each image. The figure
itself has weights of one; a bootstrap replicate has the number of times that an image's group was
drawn.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.settings import DecisionSettings
from auxnet_cli.task import NOVELTY, voters_of

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
        masked: whether a predicted mask of any class touches it; ``None`` without masks.
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
    """Truth and prediction of one image, condensed.

    Attributes:
        name: of the image in the data set.
        group: of images that show one part, which are drawn together; the image's name where the
            data set knows no groups.
        labels: (classes,) bool, the classes that the image shows.
        stopped: the verdict.
        scores: (classes,) 0-1, of the classification head; ``None`` without that head.
        votes: how strongly each head (``cls``, ``seg``, ``det``) holds that the image shows a
            class; and all masks together (``any``) and the memory of good parts (``novelty``) that
            it shows any: (classes,) 0-1.
        pixels: (3, classes) pixels: common to truth and prediction, of the truth, of the
            prediction; ``None`` without masks, or where a defect of the image has no mask.
        boxes: (boxes, 6) predicted label, score, x, y, width, height, highest score first;
            ``None`` without boxes.
        truth: (defects, 5) true label, x, y, width, height.
        flaws: the true defects, in the order of ``truth``.
    """

    name: str
    group: str
    labels: Flags
    stopped: bool
    scores: Floats | None
    votes: Mapping[str, Floats]
    pixels: Ints | None
    boxes: Floats | None
    truth: Floats
    flaws: tuple[Flaw, ...]

    @property
    def defective(self) -> bool:
        """Whether the image shows a defect."""
        return bool(len(self.truth))


@dataclass(frozen=True)
class EvaluatedSplit:
    """The evidence of a split, with all that its scores depend on.

    Attributes:
        evidence: of the images.
        classes: the defect classes, in order.
        tasks: of ``cls``, ``seg`` and ``det``, those that the evidence holds.
        decision: thresholds and rule of the verdicts.
        exclusive: whether an image shows one class at most.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same unit.
        mm_per_pixel: scale of the images; ``None`` where sizes are in pixels.
        by_size: whether boxes are also scored by the size of the defect.
    """

    evidence: Sequence[Evidence]
    classes: Sequence[str]
    tasks: Collection[str]
    decision: DecisionSettings = field(default_factory=DecisionSettings)
    exclusive: bool = False
    cost_escape: float = 1.0
    cost_false_alarm: float = 1.0
    mm_per_pixel: float | None = None
    by_size: bool = True

    @property
    def voters(self) -> tuple[str, ...]:
        """What votes: the tasks, and what else the evidence holds the votes of."""
        remembered = bool(self.evidence) and NOVELTY in self.evidence[0].votes
        return voters_of(self.tasks, remembered)


def group_numbers(evidence: Sequence[Evidence]) -> Ints:
    """Returns the (images,) number of each image's group, from 0."""
    _, numbers = np.unique([image.group for image in evidence], return_inverse=True)
    return numbers.astype(np.int64)
