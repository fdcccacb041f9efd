"""Builds RetinaNet's class and box subnets, shared over the pyramid levels."""

import math
from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import Tensor, keras, layers
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.anchors import anchors_per_place
from auxnet_cli.model.detection.output_layers import output_convolution
from auxnet_cli.settings import AnchorSettings, ModelSettings

# The score that every anchor starts from, so that the background does not swamp the first steps
# (RetinaNet, section 4.1).
PRIOR = 0.01


def anchor_head(
    merged: Mapping[int, Tensor], classes: int, anchors: AnchorSettings, settings: ModelSettings
) -> tuple[Tensor, Tensor]:
    """Builds the levels that detection reads and the two subnets on them.

    Args:
        merged: P<finest> to P5.
        classes: scores of each anchor.
        anchors: levels, scales and ratios.
        settings: widths and depth of levels and subnets.

    Returns:
        (batch, all anchors, classes) logits and (batch, all anchors, 4) offsets; finest level
        first, rows down, columns across, then the anchors of a place.
    """
    levels = detection_levels(merged, *anchors.levels, settings.pyramid_width)
    count = anchors_per_place(anchors)
    prior = keras.initializers.Constant(-math.log((1 - PRIOR) / PRIOR))
    scores = _subnet(levels, count, classes, settings, prior, "detection_scores")
    return scores, _subnet(levels, count, 4, settings, "zeros", "detection_boxes")


def detection_levels(
    merged: Mapping[int, Tensor], finest: int, coarsest: int, width: int
) -> dict[int, Tensor]:
    """Smooths the merged levels by a 3×3 convolution, and continues them beyond P5.

    Each level beyond P5 is made from the one before by a convolution of stride 2 (RetinaNet, with
    P6 made from P5).
    """
    levels: dict[int, Tensor] = {}
    for level in range(finest, coarsest + 1):
        if level <= 5:
            x, stride, name = merged[level], 1, f"detection_smooth{level}"
        else:
            x, stride, name = levels.get(level - 1, merged[5]), 2, f"detection_down{level}"
            if level > 6:
                x = layers.ReLU(name=f"detection_relu{level}")(x)
        levels[level] = layers.Conv2D(width, 3, strides=stride, padding="same", name=name)(x)
    return levels


def _subnet(
    levels: Mapping[int, Tensor],
    anchors: int,
    outputs: int,
    settings: ModelSettings,
    bias: Any,
    name: str,
) -> Tensor:
    """Builds convolutions that are called on every level, and joins their answers."""
    convolutions = [
        layers.Conv2D(
            settings.detection_width,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"{name}_conv{number}",
        )
        for number in range(1, settings.detection_depth + 1)
    ]
    last = output_convolution(anchors * outputs, 3, f"{name}_out", bias)
    parts = []
    for level in sorted(levels):
        x = levels[level]
        for convolution in convolutions:
            x = convolution(x)
        flat = layers.Reshape((-1, outputs), dtype=OUTPUT, name=f"{name}_flat{level}")
        parts.append(flat(last(x)))
    if len(parts) == 1:
        return parts[0]
    return layers.Concatenate(axis=1, dtype=OUTPUT, name=name)(parts)
