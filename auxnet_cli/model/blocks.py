"""Builds what several parts of a network share: normalised convolutions and enlargement."""

from auxnet_cli.backend import Tensor, layers

OUTPUT = "float32"
"""Losses and scores need all digits, whatever precision the layers below compute in."""

# Lower than keras.applications' 0.99: a plant's data set is learned in some hundred steps, and the
# moving statistics must keep up. ImageNet's own statistics would still weigh 37 % after 100 steps.
MOMENTUM = 0.9
RESNET_EPSILON = 1.001e-5
"""The epsilon of ``keras.applications``' ResNets."""


def batch_norm(x: Tensor, name: str, epsilon: float = RESNET_EPSILON) -> Tensor:
    """Normalises (batch, height, width, channels) by channel.

    Trained weights need the epsilon, which is added to the variance, that they were trained with.
    """
    return layers.BatchNormalization(epsilon=epsilon, momentum=MOMENTUM, name=name)(x)


def rectified(x: Tensor, width: int, kernel: int, name: str) -> Tensor:
    """Convolves with ``kernel`` × ``kernel`` pixels, normalises and rectifies."""
    x = layers.Conv2D(
        width,
        kernel,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    x = batch_norm(x, f"{name}_bn")
    return layers.Activation("relu", name=f"{name}_relu")(x)


def upsample(
    x: Tensor,
    size: tuple[int, int],
    factor: int,
    interpolation: str,
    name: str,
    dtype: str | None = None,
) -> Tensor:
    """Enlarges (batch, height, width, channels) by a factor a side, and cuts it to a size."""
    x = layers.UpSampling2D(factor, interpolation=interpolation, dtype=dtype, name=name)(x)
    return cut(x, size, name, dtype)


def cut(x: Tensor, size: tuple[int, int], name: str, dtype: str | None = None) -> Tensor:
    """Cuts (batch, height, width, channels) to (height, width).

    Strides round sizes up, so an enlarged level may exceed them at the bottom and the right.
    """
    down, right = x.shape[1] - size[0], x.shape[2] - size[1]
    if down or right:
        x = layers.Cropping2D(((0, down), (0, right)), dtype=dtype, name=f"{name}_cut")(x)
    return x
