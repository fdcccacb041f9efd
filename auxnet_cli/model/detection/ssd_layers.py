"""Builds SSD's maps on an encoder, and the convolutions that read them."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import Tensor, keras, layers
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.output_layers import output_convolution
from auxnet_cli.model.detection.ssd_boxes import FINEST, HALVED, boxes_per_place, level_sizes
from auxnet_cli.settings import ModelSettings

NORM = 20.0
"""What the features of the finest map are scaled to at first, after their length is made 1."""

DILATION = 6


def ssd_layers(
    levels: Mapping[int, Tensor], size: tuple[int, int], classes: int, settings: ModelSettings
) -> tuple[Tensor, Tensor]:
    """Builds SSD's layers behind the encoder, with 256 channels where ``detection_width`` is 256.

    C3 is normalised, C4 is widened by a dilated convolution, and each further map is made from the
    one before. A map gives its boxes' scores by one convolution and their offsets by another.

    Args:
        levels: C1 to C5 of the encoder, of which C3 and C4 are read.
        size: (height, width) of the input, pixels.
        classes: scores of each box beside the background's.
        settings: widths.

    Returns:
        (batch, boxes, 1 + classes) logits and (batch, boxes, 4) offsets, in the order of
        :func:`auxnet_cli.model.detection.ssd_boxes.default_boxes`.
    """
    maps = _maps(levels, len(level_sizes(size)), settings.detection_width)
    scores, boxes = [], []
    for number, x in enumerate(maps):
        level, count = FINEST + number, boxes_per_place(number)
        background = _read(x, count, 1, f"detection_background{level}")
        of_classes = _read(x, count, classes, f"detection_scores{level}")
        join = layers.Concatenate(dtype=OUTPUT, name=f"detection_softmax{level}")
        scores.append(join([background, of_classes]))
        boxes.append(_read(x, count, 4, f"detection_boxes{level}"))
    if len(maps) == 1:
        return scores[0], boxes[0]
    return (
        layers.Concatenate(axis=1, dtype=OUTPUT, name="detection_scores")(scores),
        layers.Concatenate(axis=1, dtype=OUTPUT, name="detection_boxes")(boxes),
    )


def _maps(levels: Mapping[int, Tensor], count: int, width: int) -> list[Tensor]:
    """Builds the maps, the finest first."""
    length = layers.UnitNormalization(name="detection_norm")(levels[3])
    scale = layers.DepthwiseConv2D(
        1,
        use_bias=False,
        depthwise_initializer=keras.initializers.Constant(NORM),
        name="detection_norm_scale",
    )
    maps = [scale(length)]
    x = layers.MaxPooling2D(3, 1, padding="same", name="detection_pool")(levels[4])
    x = _convolve(x, 4 * width, 3, "detection_fc6", dilation_rate=DILATION)
    maps.append(_convolve(x, 4 * width, 1, "detection_fc7"))
    for level in range(FINEST + 2, FINEST + count):
        narrow = width if level == FINEST + 2 else max(1, width // 2)
        step = {"strides": 2} if level <= HALVED else {"padding": "valid"}
        x = _convolve(maps[-1], narrow, 1, f"detection_narrow{level}")
        maps.append(_convolve(x, 2 * narrow, 3, f"detection_map{level}", **step))
    return maps[:count]


def _convolve(x: Tensor, width: int, kernel: int, name: str, **options: Any) -> Tensor:
    options = {"padding": "same", "activation": "relu", **options}
    return layers.Conv2D(width, kernel, name=name, **options)(x)


def _read(x: Tensor, count: int, values: int, name: str) -> Tensor:
    """Gives ``values`` numbers to each of ``count`` boxes of every place."""
    x = output_convolution(count * values, 3, name)(x)
    return layers.Reshape((-1, values), dtype=OUTPUT, name=f"{name}_flat")(x)
