"""Defines what a way to detect consists of: its head, its targets, its loss and its decoding."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings

Tensor = Any


class Detector(ABC):
    """A way to detect, for inputs of one size.

    Raw outputs and targets have names that begin with ``detection``.

    Attributes:
        class_layers: names of the head's layers whose outputs each belong to a class.
        size: (height, width) of the network's input, pixels.
    """

    class_layers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: Any, size: tuple[int, int]) -> None:
        self.settings, self.size = settings, size

    @property
    @abstractmethod
    def finest_level(self) -> int:
        """The finest pyramid level that the head reads, 2 to 5."""

    @abstractmethod
    def head(
        self, merged: Mapping[int, Tensor], classes: int, settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the head.

        Args:
            merged: pyramid levels, P<finest_level> to P5 or more.
            classes: number of defect classes.
            settings: widths and depth.

        Returns:
            The raw outputs by name.
        """

    @abstractmethod
    def output_shapes(self, classes: int) -> dict[str, tuple[int, ...]]:
        """Returns the shapes of the raw outputs of an image, without the batch."""

    @abstractmethod
    def targets(self, boxes: Floats, labels: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """Returns what the head should learn from a sample.

        Args:
            boxes: (defects, 4) x1, y1, x2, y2 in pixels of the input.
            labels: (defects,) class indices.
        """

    @abstractmethod
    def loss(
        self, targets: Mapping[str, Tensor], outputs: Mapping[str, Tensor], settings: LossSettings
    ) -> Tensor:
        """Returns the scalar loss of a batch of targets and raw outputs."""

    @abstractmethod
    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> tuple[Box, ...]:
        """Decodes the raw outputs of an image, or of a window of one.

        Args:
            outputs: by name, without the batch.
            height: of the window in the original image, pixels.
            width: of the window in the original image, pixels.
            decision: ``box_floor``, ``nms_iou`` and ``max_boxes``.

        Returns:
            Boxes in pixels of the window, highest score first.
        """


def sigmoid(logits: Floats) -> Floats:
    """Returns 1 / (1 + e^−x), without overflow."""
    half = np.float32(0.5)
    scores = np.array(logits, np.float32)
    scores *= half  # in place, which saves three arrays of the image's size
    np.tanh(scores, out=scores)
    scores *= half
    scores += half
    return scores
