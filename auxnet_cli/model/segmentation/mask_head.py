"""Marks the pixels of each class: what all ways to segment share but their layers."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import cv2
import numpy as np

from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads.head import Head, HeadPlan, Targets, Tensor, Truth, sigmoid
from auxnet_cli.model.segmentation.mask_enlargement import enlarge, enlarge_batch, reduced
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from auxnet_cli.verdict.decoded_heads import Floats

NAME, KNOWN = "segmentation", "segmentation_known"


class MaskHead(Head):
    """Gives a logit a place and class; the places are ``stride`` pixels of the input apart.

    Attributes:
        kernel: side of the convolution to the classes' logits, pixels.
    """

    class_layers = ("segmentation_conv",)
    kernel: ClassVar[int] = 1

    def __init__(self, plan: HeadPlan) -> None:
        super().__init__(plan)
        self.stride = plan.settings.mask_stride

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """The logits of an image."""
        # Axes of one name are of one length: only at stride 1 are these the input's.
        names = ("height", "width") if self.stride == 1 else ("mask_height", "mask_width")
        sides = dict(zip(names, reduced(self.size, self.stride), strict=True))
        return {NAME: {**sides, "classes": self.classes}}

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the layers and, on what they give, a convolution to the classes' logits.

        The enlargement to 1/1 is left to the loss and the decoding: no engine computes it.
        """
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import OUTPUT

        x = self.features(levels, merged, settings)
        (name,) = self.class_layers
        convolution = layers.Conv2D(
            self.classes, self.kernel, padding="same", dtype=OUTPUT, name=name
        )
        return {NAME: convolution(x)}

    @abstractmethod
    def features(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> Tensor:
        """Builds the layers up to the features that the logits are made from, at ``stride``."""

    def targets(self, truth: Truth) -> Targets:
        """Returns the masks, and 0 instead of 1 where some defect has no mask."""
        return {NAME: truth.masks, KNOWN: np.asarray(truth.masks_known, np.float32)}

    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the loss that ``loss.segmentation`` names; images of unknown masks count 0.

        It compares pixels of the input: the logits are enlarged first.
        """
        from auxnet_cli.backend import ops
        from auxnet_cli.model.segmentation.mask_losses import segmentation_loss

        logits = enlarge_batch(outputs[NAME], self.stride, self.size)
        truth = ops.cast(targets[NAME], logits.dtype)
        known = ops.cast(targets[KNOWN], truth.dtype)
        each = weights and weights.segmentation
        return segmentation_loss(truth, logits, known, settings, each)

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> Floats:
        """Returns the (height, width, classes) probabilities.

        The logits are enlarged to the input's size, and the probabilities resized linearly to the
        window's.
        """
        logits = enlarge(outputs[NAME], self.stride, self.size)
        scores = sigmoid(logits, out=logits)
        full = cv2.resize(scores, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full, np.float32).reshape(height, width, self.classes)
