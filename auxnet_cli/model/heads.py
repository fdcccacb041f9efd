"""The three heads. Each gives raw logits, which losses and decoding take as they are."""

import math
from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.convolution import conv3
from auxnet_cli.model.normalisation import batch_norm
from auxnet_cli.model.pyramid import upsample

Tensor = Any

# The score that every anchor starts from, so that the background does not swamp the first steps
# (RetinaNet, section 4.1).
PRIOR = 0.01
# Losses and scores want all digits, whatever the layers below compute in.
OUTPUT = "float32"


def classification_head(c5: Tensor, outputs: int) -> Tensor:
    """Global average pooling of C5 and a dense layer.

    Args:
        c5: (batch, height, width, channels).
        outputs: classes, and one more for "good" where the labels are exclusive.

    Returns:
        (batch, outputs) logits.
    """
    x = layers.GlobalAveragePooling2D(name="classification_pool")(c5)
    return layers.Dense(outputs, dtype=OUTPUT, name="classification")(x)


def segmentation_head(
    merged: Mapping[int, Tensor],
    classes: int,
    width: int,
    size: tuple[int, int],
    separable: bool = False,
) -> Tensor:
    """The semantic branch of Panoptic FPN: each level goes up to 1/4, their sum to the input size.

    Args:
        merged: P2 to P5.
        classes: masks.
        width: channels of the branch.
        size: (height, width) of the input, pixels.
        separable: whether its 3×3 convolutions are.

    Returns:
        (batch, height, width, classes) logits.
    """
    parts = []
    for level in sorted(merged):
        x = merged[level]
        # P2 is at 1/4 already: one convolution, no upsampling.
        for finer in range(max(level - 1, 2), 1, -1):
            name = f"segmentation{level}_{finer}"
            x = conv3(
                width,
                f"{name}_conv",
                separable,
                use_bias=False,
                kernel_initializer="he_normal",
            )(x)
            x = batch_norm(x, f"{name}_bn")
            x = layers.Activation("relu", name=f"{name}_relu")(x)
            if finer < level:
                x = upsample(x, merged[finer].shape[1:3], 2, "bilinear", f"{name}_up")
        parts.append(x)
    x = layers.Add(name="segmentation_sum")(parts)
    x = layers.Conv2D(classes, 1, dtype=OUTPUT, name="segmentation_conv")(x)
    return upsample(x, size, 4, "bilinear", "segmentation", OUTPUT)


def detection_head(
    levels: Mapping[int, Tensor],
    classes: int,
    anchors: int,
    width: int,
    depth: int,
    separable: bool = False,
) -> tuple[Tensor, Tensor]:
    """RetinaNet's class and box subnets, in parallel, their weights shared over the levels.

    Args:
        levels: the pyramid levels that detection reads.
        classes: scores of each anchor.
        anchors: anchors at each place.
        width: channels of the subnets.
        depth: convolutions of each subnet.
        separable: whether these convolutions are.

    Returns:
        (batch, all anchors, classes) logits and (batch, all anchors, 4) offsets; finest level
        first, rows down, columns across, then the anchors of a place.
    """
    prior = keras.initializers.Constant(-math.log((1 - PRIOR) / PRIOR))
    shape = width, depth, separable
    scores = _subnet(levels, anchors, classes, shape, prior, "detection_scores")
    return scores, _subnet(levels, anchors, 4, shape, "zeros", "detection_boxes")


def _subnet(
    levels: Mapping[int, Tensor],
    anchors: int,
    outputs: int,
    shape: tuple[int, int, bool],
    bias: Any,
    name: str,
) -> Tensor:
    width, depth, separable = shape
    convolutions = [
        conv3(
            width,
            f"{name}_conv{number}",
            separable,
            activation="relu",
            kernel_initializer="he_normal",
        )
        for number in range(1, depth + 1)
    ]
    last = conv3(
        anchors * outputs,
        f"{name}_out",
        separable,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        bias_initializer=bias,
        dtype=OUTPUT,
    )
    parts = []
    for level in sorted(levels):
        x = levels[level]
        for convolution in convolutions:
            x = convolution(x)
        parts.append(
            layers.Reshape((-1, outputs), dtype=OUTPUT, name=f"{name}_flat{level}")(last(x))
        )
    if len(parts) == 1:
        return parts[0]
    return layers.Concatenate(axis=1, dtype=OUTPUT, name=name)(parts)
