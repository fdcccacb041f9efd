"""Marks the pixels of each class: the semantic branch of Panoptic FPN (Kirillov et al. 2019)."""

from collections.abc import Mapping

import cv2
import numpy as np

from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads.head import Head, Targets, Tensor, Truth, sigmoid
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from auxnet_cli.verdict.decoded_heads import Floats

NAME, KNOWN = "segmentation", "segmentation_known"


class SegmentationHead(Head):
    """Gives a logit a pixel and class, at the size of the input."""

    class_layers = ("segmentation_conv",)
    finest_level = 2

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """The logits of an image."""
        height, width = self.size
        return {NAME: {"height": height, "width": width, "classes": self.classes}}

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Takes P2 to P5 up to 1/4, each by convolutions and upsampling, and their sum to 1/1."""
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import OUTPUT, batch_norm, upsample

        parts = []
        for level in sorted(merged):
            x = merged[level]
            # P2 is at 1/4 already: one convolution, no upsampling.
            for finer in range(max(level - 1, 2), 1, -1):
                name = f"segmentation{level}_{finer}"
                x = layers.Conv2D(
                    settings.segmentation_width,
                    3,
                    padding="same",
                    use_bias=False,
                    kernel_initializer="he_normal",
                    name=f"{name}_conv",
                )(x)
                x = batch_norm(x, f"{name}_bn")
                x = layers.Activation("relu", name=f"{name}_relu")(x)
                if finer < level:
                    x = upsample(x, merged[finer].shape[1:3], 2, "bilinear", f"{name}_up")
            parts.append(x)
        x = layers.Add(name="segmentation_sum")(parts)
        x = layers.Conv2D(self.classes, 1, dtype=OUTPUT, name="segmentation_conv")(x)
        return {NAME: upsample(x, self.size, 4, "bilinear", NAME, OUTPUT)}

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
        """Returns the loss that ``loss.segmentation`` names; images of unknown masks count 0."""
        from auxnet_cli.backend import ops
        from auxnet_cli.model.segmentation_loss import segmentation_loss

        logits = outputs[NAME]
        truth = ops.cast(targets[NAME], logits.dtype)
        known = ops.cast(targets[KNOWN], truth.dtype)
        each = weights and weights.segmentation
        return segmentation_loss(truth, logits, known, settings, each)

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> Floats:
        """Returns the (height, width, classes) probabilities, resized linearly."""
        scores = sigmoid(outputs[NAME])
        full = cv2.resize(scores, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full, np.float32).reshape(height, width, self.classes)
