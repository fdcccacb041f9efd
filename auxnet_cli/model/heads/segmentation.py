"""Marks the pixels of each class: the semantic branch of Panoptic FPN (Kirillov et al. 2019)."""

from collections.abc import Mapping

import cv2
import numpy as np

from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads.head import Head, HeadPlan, Targets, Tensor, Truth, sigmoid
from auxnet_cli.model.mask_enlargement import enlarge, enlarge_batch, reduced
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from auxnet_cli.verdict.decoded_heads import Floats

NAME, KNOWN = "segmentation", "segmentation_known"


class SegmentationHead(Head):
    """Gives a logit a place and class; the places are ``mask_stride`` pixels of the input apart."""

    class_layers = ("segmentation_conv",)
    finest_level = 2

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
        """Takes P2 to P5 up to 1/4, each by convolutions and upsampling, and convolves their sum.

        With ``mask_stride`` 2 the sum is refined at 1/2, with a skip from C1 and half the channels.
        The enlargement to 1/1 is left to the loss and the decoding: no engine computes it.
        """
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import OUTPUT, upsample

        parts = []
        for level in sorted(merged):
            x = merged[level]
            # P2 is at 1/4 already: one convolution, no upsampling.
            for finer in range(max(level - 1, 2), 1, -1):
                name = f"segmentation{level}_{finer}"
                x = _convolution(x, settings.segmentation_width, name)
                if finer < level:
                    x = upsample(x, merged[finer].shape[1:3], 2, "bilinear", f"{name}_up")
            parts.append(x)
        x = layers.Add(name="segmentation_sum")(parts)
        if self.stride == 2:
            width, size = max(1, settings.segmentation_width // 2), levels[1].shape[1:3]
            x = layers.Conv2D(width, 1, name="segmentation_narrow")(x)
            x = upsample(x, size, 2, "bilinear", "segmentation_up")
            skip = layers.Conv2D(width, 1, name="segmentation_skip")(levels[1])
            x = layers.Add(name="segmentation_merge")([x, skip])
            x = _convolution(x, width, "segmentation_fine")
        return {NAME: layers.Conv2D(self.classes, 1, dtype=OUTPUT, name="segmentation_conv")(x)}

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
        from auxnet_cli.model.segmentation_loss import segmentation_loss

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


def _convolution(x: Tensor, width: int, name: str) -> Tensor:
    """Convolves 3×3, normalises and rectifies."""
    from auxnet_cli.backend import layers
    from auxnet_cli.model.blocks import batch_norm

    x = layers.Conv2D(
        width,
        3,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    x = batch_norm(x, f"{name}_bn")
    return layers.Activation("relu", name=f"{name}_relu")(x)
