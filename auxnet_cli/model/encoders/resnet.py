"""Builds ResNet-18 and ResNet-50, with attention in every residual block.

Layer names are those of ``keras.applications``, so that its weights find their places.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from auxnet_cli.backend import Tensor, layers
from auxnet_cli.model.attention import attend
from auxnet_cli.model.blocks import batch_norm
from auxnet_cli.model.encoders.encoder import Encoder, channels, strides
from auxnet_cli.model.encoders.pretrained import Application
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings import ModelSettings

Block = Callable[[Tensor, int, int, tuple[int, int], str, ModelSettings], Tensor]
"""Takes the dilations of the kernel that strides and of the one behind it as the fourth."""

IMAGENET_SCALING = Scaling(1.0, (-123.68, -116.779, -103.939))
"""What ``keras.applications`` does before its ResNet-50: ImageNet's mean is subtracted."""


def resnet(
    pixels: Tensor, settings: ModelSettings, block: Block, repeats: Sequence[int]
) -> dict[int, Tensor]:
    """Builds C1 to C5 as :class:`Encoder` says, with ``repeats`` residual blocks each."""
    x = layers.ZeroPadding2D(3, name="conv1_pad")(pixels)
    root = channels(64, settings.encoder_width)
    x = _conv(x, root, 7, "conv1", stride=2, padding="valid")
    x = layers.Activation("relu", name="conv1_relu")(x)
    levels = {1: x}
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for level, count in enumerate(repeats, start=2):
        for number in range(1, count + 1):
            name, width = f"conv{level}_block{number}", root * 2 ** (level - 2)
            stride, first, dilation = strides(level, settings)
            if level == 2 or number > 1:
                stride, first = 1, dilation
            x = block(x, width, stride, (first, dilation), name, settings)
        levels[level] = x
    return levels


def _bottleneck(
    x: Tensor,
    width: int,
    stride: int,
    dilations: tuple[int, int],
    name: str,
    settings: ModelSettings,
) -> Tensor:
    """Builds 1×1, 3×3, 1×1 convolutions (Fig. 6), four times wider at the end."""
    x = shortcut = _stride(x, stride, name)
    if stride > 1 or x.shape[-1] != 4 * width:
        shortcut = _conv(x, 4 * width, 1, f"{name}_0")
    x = _conv(x, width, 1, f"{name}_1")
    x = layers.Activation("relu", name=f"{name}_1_relu")(x)
    x = _conv(x, width, 3, f"{name}_2", dilation=dilations[1])  # the stride lies before it
    x = layers.Activation("relu", name=f"{name}_2_relu")(x)
    x = _conv(x, 4 * width, 1, f"{name}_3")
    return _close(x, shortcut, name, settings)


def _basic(
    x: Tensor,
    width: int,
    stride: int,
    dilations: tuple[int, int],
    name: str,
    settings: ModelSettings,
) -> Tensor:
    """Builds two 3×3 convolutions."""
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = _conv(_stride(x, stride, name), width, 1, f"{name}_0")
    x = _conv(x, width, 3, f"{name}_1", stride=stride, dilation=dilations[0])
    x = layers.Activation("relu", name=f"{name}_1_relu")(x)
    x = _conv(x, width, 3, f"{name}_2", dilation=dilations[1])
    return _close(x, shortcut, name, settings)


def _close(x: Tensor, shortcut: Tensor, name: str, settings: ModelSettings) -> Tensor:
    x = attend(x, settings, name)
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


def _stride(x: Tensor, stride: int, name: str) -> Tensor:
    """Takes the pixels that a 1×1 convolution with a stride would take.

    This is a step of its own because TensorFlow 2.21 computes the gradient of the strided
    convolution past the end of its memory where there are fewer than 16 channels.
    """
    if stride == 1:
        return x
    return layers.MaxPooling2D(1, strides=stride, name=f"{name}_stride")(x)


def _conv(
    x: Tensor,
    width: int,
    kernel: int,
    name: str,
    stride: int = 1,
    padding: str = "same",
    dilation: int = 1,
) -> Tensor:
    x = layers.Conv2D(
        width,
        kernel,
        strides=stride,
        padding=padding,
        dilation_rate=dilation,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    return batch_norm(x, f"{name}_bn")


_BACKBONE = re.compile(r"conv\d_(?!block\d+_s[ea]_)")  # less attention, _se_ and _sa_

RESNET18 = Encoder(partial(resnet, block=_basic, repeats=(2, 2, 2, 2)), _BACKBONE)

RESNET50 = Encoder(
    partial(resnet, block=_bottleneck, repeats=(3, 4, 6, 3)),
    _BACKBONE,
    Application(
        name="ResNet50",
        features="conv5_block3_out",
        file="resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        pixel_scaling=lambda _: IMAGENET_SCALING,
        blue_first="conv1_conv",
    ),
)
