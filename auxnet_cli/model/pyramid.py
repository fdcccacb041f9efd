"""Builds the pyramid (top-down pathway): levels of one width, each merged with the coarser one."""

from collections.abc import Mapping

from auxnet_cli.backend import Tensor, layers
from auxnet_cli.model.blocks import upsample


def pyramid(levels: Mapping[int, Tensor], finest: int, width: int) -> dict[int, Tensor]:
    """Builds 1×1 lateral convolutions, merged by addition with the upsampled coarser level.

    Args:
        levels: C1 to C5 of the encoder.
        finest: the finest level that a head asks for; none finer is built.
        width: channels of every level.

    Returns:
        P<finest> to P5; level l is (batch, height / 2^l, width / 2^l, width), rounded up.
    """
    merged: dict[int, Tensor] = {}
    for level in range(5, finest - 1, -1):
        lateral = layers.Conv2D(width, 1, name=f"pyramid_lateral{level}")(levels[level])
        if level < 5:
            size, name = lateral.shape[1:3], f"pyramid_up{level}"
            above = upsample(merged[level + 1], size, 2, "nearest", name)
            lateral = layers.Add(name=f"pyramid_merge{level}")([lateral, above])
        merged[level] = lateral
    return merged
