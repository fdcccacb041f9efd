"""The pyramid (top-down pathway): levels of one width, each merged with the coarser one."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import layers
from auxnet_cli.model.convolution import conv3

Tensor = Any


def pyramid(levels: Mapping[int, Tensor], finest: int, width: int) -> dict[int, Tensor]:
    """1×1 lateral convolutions, merged by addition with the upsampled coarser level.

    Args:
        levels: C2 to C5 of the encoder.
        finest: the finest level that a head asks for; none finer is built.
        width: channels of every level.

    Returns:
        P<finest> to P5; level l is (batch, height / 2^l, width / 2^l, width), rounded up.
    """
    merged: dict[int, Tensor] = {}
    for level in range(5, finest - 1, -1):
        lateral = layers.Conv2D(width, 1, name=f"pyramid_lateral{level}")(levels[level])
        if level < 5:
            above = upsample(
                merged[level + 1], lateral.shape[1:3], 2, "nearest", f"pyramid_up{level}"
            )
            lateral = layers.Add(name=f"pyramid_merge{level}")([lateral, above])
        merged[level] = lateral
    return merged


def detection_levels(
    merged: Mapping[int, Tensor], finest: int, coarsest: int, width: int, separable: bool = False
) -> dict[int, Tensor]:
    """The levels that detection reads.

    The merged levels are smoothed by a 3×3 convolution; beyond P5 each is made from the one before
    by a convolution of stride 2 (RetinaNet, with P6 made from P5).

    Args:
        merged: P<finest> to P5.
        finest: the first level.
        coarsest: the last level.
        width: channels of every level.
        separable: whether the smoothing convolutions are.
    """
    found: dict[int, Tensor] = {}
    for level in range(finest, coarsest + 1):
        if level <= 5:
            name = f"detection_smooth{level}"
            found[level] = conv3(width, name, separable)(merged[level])
        else:
            x = found.get(level - 1, merged[5])
            if level > 6:
                x = layers.ReLU(name=f"detection_relu{level}")(x)
            name = f"detection_down{level}"
            found[level] = layers.Conv2D(width, 3, strides=2, padding="same", name=name)(x)
    return found


def upsample(
    x: Tensor,
    size: tuple[int, int],
    factor: int,
    interpolation: str,
    name: str,
    dtype: str | None = None,
) -> Tensor:
    """Enlarge ``factor`` times and cut to ``size``, (height, width) in pixels.

    The cut is at the bottom and the right, since strides round sizes up there. ``dtype`` is that of
    the other layers if not given.
    """
    x = layers.UpSampling2D(factor, interpolation=interpolation, dtype=dtype, name=name)(x)
    down, right = x.shape[1] - size[0], x.shape[2] - size[1]
    if down or right:
        x = layers.Cropping2D(((0, down), (0, right)), dtype=dtype, name=f"{name}_cut")(x)
    return x
