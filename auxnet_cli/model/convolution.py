"""The 3×3 convolution of pyramid and heads, whole or separable."""

from typing import Any

from auxnet_cli.backend import keras, layers


def conv3(width: int, name: str, separable: bool, **options: Any) -> Any:
    """A 3×3 convolution of stride 1 that keeps the size.

    Args:
        width: channels that it gives.
        name: of the layer.
        separable: one filter a channel, then a 1×1 convolution over the channels: a ninth of the
            operations and some more (Chollet, 2017).
        options: further arguments of ``keras.layers.Conv2D``; of a separable one the
            ``kernel_initializer`` is that of the 1×1 convolution.
    """
    if not separable:
        return layers.Conv2D(width, 3, padding="same", name=name, **options)
    pointwise = options.pop("kernel_initializer", "glorot_uniform")
    return layers.SeparableConv2D(
        width,
        3,
        padding="same",
        name=name,
        # Each filter sees 9 values, which is what Keras calls the fan-out here.
        depthwise_initializer=keras.initializers.VarianceScaling(1.0, mode="fan_out"),
        pointwise_initializer=pointwise,
        **options,
    )
