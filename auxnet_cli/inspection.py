"""Holds what is known of one image: engines produce it; scoring, reports and writers take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

BoxSource = Literal["head", "mask", "fused"]


@dataclass(frozen=True)
class Box:
    """One detected defect, in pixels of the original image.

    Attributes:
        label: index into the classes.
        score: 0-1.
        x, y: left and top edge, pixels.
        width, height: pixels.
        source: what the box comes from: the detection ``head``, a connected region of the ``mask``,
            or a region that a box of the head confirms (``fused``).
    """

    label: int
    score: float
    x: float
    y: float
    width: float
    height: float
    source: BoxSource = "head"


@dataclass(frozen=True)
class Inspection:
    """What the network detects in one image. The part of a task that was not trained is ``None``.

    Attributes:
        height, width: size of the original image, pixels.
        classes: the defect classes, in order.
        scores: (classes,) float, the score of each class for the whole image, 0-1; by name in
            ``class_scores``.
        masks: (height, width, classes) bool, at the original size.
        boxes: highest score first, weak ones included: see ``confident_boxes``.
        box_threshold: the score from which a box counts as detected.
        defective: the verdict.
        seconds: time spent on this image in the network, decoding included; ``None`` if not timed.
        votes: how strongly each head, ``cls``, ``seg`` or ``det``, says that the image shows a
            class, and ``any`` and ``novelty`` that it shows any: (classes,) float, 0-1; see
            ``verdict.votes``.
        novelty: how far the image is from all that good parts showed, 0-1: .01 for the median good
            image, .5 for one of a hundred; ``None`` without a memory of good parts.
        novelty_map: (height, width) float, the same of each pixel; ``None`` likewise.
        novelty_threshold: the novelty from which the image, or a pixel, counts as new.
    """

    height: int
    width: int
    classes: tuple[str, ...]
    scores: NDArray[np.float32] | None
    masks: NDArray[np.bool_] | None
    boxes: tuple[Box, ...] | None
    defective: bool
    box_threshold: float = 0.5
    seconds: float | None = field(default=None, compare=False)
    votes: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    novelty: float | None = None
    novelty_map: NDArray[np.float32] | None = None
    novelty_threshold: float = 0.5

    @property
    def verdict(self) -> str:
        """``"defective"`` or ``"good"``."""
        return "defective" if self.defective else "good"

    @property
    def new(self) -> bool:
        """Whether the image counts as new to the memory of good parts."""
        return self.novelty is not None and self.novelty >= self.novelty_threshold

    @property
    def class_scores(self) -> dict[str, float] | None:
        """The score of each class by its name, 0-1."""
        if self.scores is None:
            return None
        return dict(zip(self.classes, map(float, self.scores), strict=True))

    @cached_property
    def areas(self) -> tuple[int, ...]:
        """The pixels of each class's mask; all 0 without masks."""
        return (0,) * len(self.classes) if self.masks is None else areas(self.masks)

    @property
    def confident_boxes(self) -> tuple[Box, ...]:
        """The boxes that count as detected."""
        return tuple(box for box in self.boxes or () if box.score >= self.box_threshold)


def areas(masks: NDArray[np.bool_]) -> tuple[int, ...]:
    """Counts the pixels of each class in (height, width, classes) masks."""
    height, width, classes = masks.shape
    if not masks.size:
        return tuple(0 for _ in range(classes))
    # Columns first: many times as fast as one sum over both axes.
    rows = np.ascontiguousarray(masks).view(np.uint8).reshape(height, width * classes)
    columns = cv2.reduce(rows, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    sums: list[int] = columns.reshape(width, classes).sum(axis=0, dtype=np.int64).tolist()
    return tuple(sums)
