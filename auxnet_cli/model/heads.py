"""Builds the classification and segmentation heads, which return raw logits."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import layers
from auxnet_cli.model.blocks import batch_norm, upsample

Tensor = Any

OUTPUT = "float32"
"""Losses and scores need all digits, whatever precision the layers below compute in."""

CLASS_LAYERS = {"classification": "classification", "segmentation_conv": "segmentation"}
"""The layers whose outputs each belong to a class → their heads."""


def classification_head(c5: Tensor, outputs: int) -> Tensor:
    """Builds global average pooling of C5 and a dense layer.

    Args:
        c5: (batch, height, width, channels).
        outputs: classes, and one more for "good" where the labels are exclusive.

    Returns:
        (batch, outputs) logits.
    """
    x = layers.GlobalAveragePooling2D(name="classification_pool")(c5)
    return layers.Dense(outputs, dtype=OUTPUT, name="classification")(x)


def segmentation_head(
    merged: Mapping[int, Tensor], classes: int, width: int, size: tuple[int, int]
) -> Tensor:
    """Builds the semantic branch of Panoptic FPN: each level goes up to 1/4, their sum to the size.

    Args:
        merged: P2 to P5.
        classes: masks.
        width: channels of the branch.
        size: (height, width) of the input, pixels.

    Returns:
        (batch, height, width, classes) logits.
    """
    parts = []
    for level in sorted(merged):
        x = merged[level]
        # P2 is at 1/4 already: one convolution, no upsampling.
        for finer in range(max(level - 1, 2), 1, -1):
            name = f"segmentation{level}_{finer}"
            x = layers.Conv2D(
                width,
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
    x = layers.Conv2D(classes, 1, dtype=OUTPUT, name="segmentation_conv")(x)
    return upsample(x, size, 4, "bilinear", "segmentation", OUTPUT)
