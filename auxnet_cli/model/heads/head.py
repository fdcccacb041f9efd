"""Defines what a network learns for one task: a head's layers, targets, loss and decoding."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.settings import (
    AnchorSettings,
    DecisionSettings,
    LossSettings,
    ModelSettings,
)
from auxnet_cli.verdict.decoded_heads import Floats

Tensor = Any
Targets = dict[str, NDArray[np.generic]]


class Truth(Protocol):
    """The truth of an image at the network's size, as far as heads learn from it."""

    @property
    def labels(self) -> Floats:
        """(classes,), 1 for those that the image shows."""

    @property
    def masks(self) -> NDArray[np.uint8]:
        """(height, width, classes), 1 where the pixel shows the class."""

    @property
    def masks_known(self) -> bool:
        """Whether every defect has a mask."""

    @property
    def boxes(self) -> tuple[Floats, NDArray[np.int64]]:
        """(defects, 4) x1, y1, x2, y2 in pixels, and their (defects,) classes."""


class OutputSettings(Protocol):
    """The settings that raw outputs follow from: a network's, or those in its model card."""

    @property
    def anchors(self) -> AnchorSettings:
        """The boxes that detection starts from."""

    @property
    def detector(self) -> str:
        """A name of ``DETECTORS``."""

    @property
    def segmenter(self) -> str:
        """A name of ``SEGMENTERS``."""

    @property
    def mask_stride(self) -> int:
        """Pixels of the input between two places of the masks' logits, both ways."""


@dataclass(frozen=True)
class HeadPlan:
    """What heads answer about, and in which shape.

    Attributes:
        classes: number of defect classes.
        exclusive: whether an image shows one class at most.
        size: (height, width) of the network's input, pixels.
        settings: those that raw outputs follow from.
    """

    classes: int
    exclusive: bool
    size: tuple[int, int]
    settings: OutputSettings


class Head(ABC):
    """The head of a task, for inputs of one size.

    Attributes:
        classes: number of defect classes.
        size: (height, width) of the network's input, pixels.
        plan: all that the head was opened for.
        class_layers: names of the layers whose outputs each belong to a class.
        finest_level: the finest pyramid level that the head reads, 2 to 5; ``None``: it reads the
            encoder's levels only.
    """

    class_layers: ClassVar[tuple[str, ...]] = ()
    finest_level: int | None = None

    def __init__(self, plan: HeadPlan) -> None:
        self.plan = plan
        self.classes, self.size = plan.classes, plan.size

    @abstractmethod
    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the layers.

        Args:
            levels: of the encoder, C1 to C5.
            merged: of the pyramid, from the finest level that a head reads to P5; empty where none
                reads it.
            settings: widths and depth.

        Returns:
            The raw outputs by name.
        """

    @property
    @abstractmethod
    def outputs(self) -> dict[str, dict[str, int]]:
        """The raw outputs of an image: name → its axes and their lengths, without the batch."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the raw outputs of an image, without the batch."""
        return {name: tuple(axes.values()) for name, axes in self.outputs.items()}

    @abstractmethod
    def targets(self, truth: Truth) -> Targets:
        """Returns what the head should learn from an image."""

    @abstractmethod
    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the scalar loss of a batch of targets and raw outputs.

        Args:
            targets: by name, with the batch first.
            outputs: by name, with the batch first.
            settings: kinds and parameters of the losses.
            weights: of the classes; 1 each if ``None``.
        """

    @abstractmethod
    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> Any:
        """Decodes the raw outputs of an image, or of a window of one.

        Args:
            outputs: by name, without the batch.
            height: of the window in the original image, pixels.
            width: of the window in the original image, pixels.
            decision: temperature, and which boxes are kept.

        Returns:
            What ``Task.answer`` says, at the size of the window.
        """


def sigmoid(logits: Floats, out: Floats | None = None) -> Floats:
    """Returns 1 / (1 + e^−x), without overflow; in ``out``, if given, which may be the logits."""
    half = np.float32(0.5)
    scores = np.empty(np.shape(logits), np.float32) if out is None else out
    np.multiply(logits, half, out=scores)  # in place, which saves three arrays of the image's size
    np.tanh(scores, out=scores)
    scores *= half
    scores += half
    return scores
