"""RepVGG-A0 (Ding et al., 2021, Table 2): plain 3×3 convolutions once it has learned."""

from collections.abc import Sequence
from typing import Any

from auxnet_cli.backend import layers
from auxnet_cli.model.attention import attend
from auxnet_cli.model.encoders.reparameterised import RepConv2D
from auxnet_cli.model.encoders.width import channels
from auxnet_cli.settings import ModelSettings

Tensor = Any

WIDTHS = (48, 48, 96, 192, 1280)
"""Channels of the first convolution, and of the stages after it."""


def repvgg(pixels: Tensor, repeats: Sequence[int], settings: ModelSettings) -> dict[int, Tensor]:
    """C2 to C5; see :func:`auxnet_cli.model.encoders.encoder`.

    It has no residual blocks to put our attention into: it is applied to the levels as they are
    handed on, beside the main path.

    Args:
        pixels: (batch, height, width, 3).
        repeats: convolutions of each stage.
        settings: of the width and the attention.
    """
    first, *widths = (channels(width, settings.encoder_width) for width in WIDTHS)
    x = _conv(pixels, first, 2, "conv1_rep")
    levels = {}
    for level, (count, width) in enumerate(zip(repeats, widths, strict=True), start=2):
        for number in range(1, count + 1):
            x = _conv(x, width, 2 if number == 1 else 1, f"conv{level}_block{number}_rep")
        levels[level] = x
    kind, reduction, side = settings.attention, settings.reduction, settings.spatial_kernel
    return {level: attend(x, kind, reduction, side, f"tap{level}") for level, x in levels.items()}


def _conv(x: Tensor, width: int, stride: int, name: str) -> Tensor:
    x = RepConv2D(width, stride, name=name)(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)
