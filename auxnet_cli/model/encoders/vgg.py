"""Builds VGG-16 (Simonyan and Zisserman 2015), the encoder of SSD.

Layer names are those of ``keras.applications``, so that its weights find their places. Attention
stands where the levels are tapped.
"""

import re

from auxnet_cli.backend import Tensor, layers
from auxnet_cli.model.attention import attend
from auxnet_cli.model.encoders.encoder import Encoder, channels, strides
from auxnet_cli.model.encoders.pretrained import Application
from auxnet_cli.model.encoders.resnet import IMAGENET_SCALING
from auxnet_cli.settings import ModelSettings

BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of a block."""


def vgg16(pixels: Tensor, settings: ModelSettings) -> dict[int, Tensor]:
    """Builds C1 to C5 as :class:`Encoder` says; block ``l`` + 1 ends level ``l``.

    C5 is C4, pooled once more.
    """
    levels, x = {}, pixels
    for number, (published, repeats) in enumerate(BLOCKS, start=1):
        level = number - 1
        _, _, dilation = strides(level, settings)
        for convolution in range(1, repeats + 1):
            x = layers.Conv2D(
                channels(published, settings.encoder_width),
                3,
                padding="same",
                dilation_rate=dilation,
                activation="relu",
                kernel_initializer="he_normal",
                name=f"block{number}_conv{convolution}",
            )(x)
        if level:
            levels[level] = x
        stride, _, _ = strides(level + 1, settings)
        x = layers.MaxPooling2D(2, stride, padding="same", name=f"block{number}_pool")(x)
    levels[5] = x
    attended = {
        level: attend(x, settings, f"tap{level}") for level, x in levels.items() if level > 1
    }
    return {**levels, **attended}


VGG16 = Encoder(
    vgg16,
    re.compile(r"block\d_"),
    Application(
        name="VGG16",
        features="block5_pool",
        file="vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        pixel_scaling=lambda _: IMAGENET_SCALING,
        blue_first="block1_conv1",
    ),
)
