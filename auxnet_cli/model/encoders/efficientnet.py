"""Builds EfficientNet-B0 (Tan and Le, 2019, Table 1), and its Lite variants.

Attention stands where the pyramid taps them. Layer names are those of ``keras.applications``, so
that its weights find their places. Unlike there, no residual branch is dropped at random
(drop-connect), so that the network holds no random state for a resumed training to restore.

The Lite variants have no squeeze-and-excitation, and ReLU6 instead of SiLU, for small processors
and 8 bits; their stem, first and last stage and head do not grow with the network. See
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.
"""

import re
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from auxnet_cli.backend import Tensor, keras, layers
from auxnet_cli.model.attention import attend
from auxnet_cli.model.blocks import batch_norm
from auxnet_cli.model.encoders.encoder import Encoder, channels, strides
from auxnet_cli.model.encoders.pretrained import Application
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings import ModelSettings

STAGES = (
    # kernel, stride, channels, expansion, blocks
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 2, 80, 6, 3),
    (5, 1, 112, 6, 3),
    (5, 2, 192, 6, 4),
    (3, 1, 320, 6, 1),
)
TAPS = {1: 1, 2: 2, 3: 3, 5: 4}
"""Stage, counted from 1 → the level it ends; C5 is behind the last convolution."""

SQUEEZE = 0.25
EPSILON = 1e-3
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Variant:
    """What tells the networks of the family apart.

    Attributes:
        width: multiple of the channels of the stages.
        depth: multiple of the blocks of a stage.
        lite: whether it is a Lite network.
    """

    width: float = 1.0
    depth: float = 1.0
    lite: bool = False

    @property
    def activation(self) -> str:
        """The activation of all layers."""
        return "relu6" if self.lite else "silu"

    def blocks(self, stage: int) -> int:
        """Returns the blocks of a stage, counted from 1."""
        published = STAGES[stage - 1][-1]
        if self.lite and stage in (1, len(STAGES)):
            return published
        return ceil(self.depth * published)


B0 = Variant()


def block_name(stage: int, number: int) -> str:
    """Returns what the names of a block's layers begin with; ``number`` counts from 0."""
    return f"block{stage}{'abcde'[number]}_"


def efficientnet(
    pixels: Tensor, settings: ModelSettings, variant: Variant = B0
) -> dict[int, Tensor]:
    """Builds C1 to C5, as :class:`Encoder` says; B0's have 16, 24, 40, 112 and 1280 channels.

    B0's blocks have their own squeeze-and-excitation. The attention of the settings is applied to
    the levels as they leave the main path, so that trained features stay what they are.
    """
    factor = settings.encoder_width
    x = _conv(pixels, channels(32, factor), 3, "stem_conv", stride=2)
    x = _norm(x, "stem_bn", variant, "stem_activation")
    levels, level = {}, 1  # of the stem
    for stage, (kernel, stride, published, expansion, _) in enumerate(STAGES, start=1):
        width = channels(published, factor * variant.width)
        level += stride - 1
        allowed, first, dilation = strides(level, settings)
        for number in range(variant.blocks(stage)):
            name, halves = block_name(stage, number), stride == 2 and number == 0
            step, reach = (allowed, first) if halves else (1, dilation)
            x = _block(x, kernel, step, reach, width, expansion, name, variant)
        if stage in TAPS:
            levels[TAPS[stage]] = x
    x = _conv(x, channels(1280, factor), 1, "top_conv")
    levels[5] = _norm(x, "top_bn", variant, "top_activation")
    attended = {
        number: attend(x, settings, f"tap{number}") for number, x in levels.items() if number > 1
    }
    return {**levels, **attended}


def _block(
    inputs: Tensor,
    kernel: int,
    stride: int,
    dilation: int,
    width: int,
    expansion: int,
    name: str,
    variant: Variant,
) -> Tensor:
    """Expands, convolves each channel, squeezes and excites, and projects back (MBConv)."""
    x, entering = inputs, inputs.shape[-1]
    if expansion > 1:
        x = _conv(x, entering * expansion, 1, f"{name}expand_conv")
        x = _norm(x, f"{name}expand_bn", variant, f"{name}expand_activation")
    x = layers.DepthwiseConv2D(
        kernel,
        strides=stride,
        padding="same",
        dilation_rate=dilation,
        use_bias=False,
        depthwise_initializer=_initializer(),
        name=f"{name}dwconv",
    )(x)
    x = _norm(x, f"{name}bn", variant, f"{name}activation")
    if not variant.lite:
        s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}se_squeeze")(x)
        s = _conv(s, max(1, int(entering * SQUEEZE)), 1, f"{name}se_reduce", activation="silu")
        s = _conv(s, entering * expansion, 1, f"{name}se_expand", activation="sigmoid")
        x = layers.Multiply(name=f"{name}se_excite")([x, s])
    x = batch_norm(_conv(x, width, 1, f"{name}project_conv"), f"{name}project_bn", EPSILON)
    if stride == 1 and entering == width:
        x = layers.Add(name=f"{name}add")([x, inputs])
    return x


def _conv(
    x: Tensor, width: int, kernel: int, name: str, stride: int = 1, activation: str | None = None
) -> Tensor:
    """Convolves; without an activation a norm follows, and no bias is needed."""
    return layers.Conv2D(
        width,
        kernel,
        strides=stride,
        padding="same",
        activation=activation,
        use_bias=activation is not None,
        kernel_initializer=_initializer(),
        name=name,
    )(x)


def _norm(x: Tensor, name: str, variant: Variant, activation: str) -> Tensor:
    x = batch_norm(x, name, EPSILON)
    return layers.Activation(variant.activation, name=activation)(x)


def _initializer() -> Any:
    return keras.initializers.VarianceScaling(2.0, mode="fan_out", distribution="truncated_normal")


def pixel_scaling(donor: keras.Model) -> Scaling:
    """Returns the pixels' normalisation, which stands among the donor's weights, as a scaling.

    In ImageNet's file the standard deviation stands where Keras expects the variance; Keras divides
    by its root once more when it fetches the file itself, and fails to when it is given the file.
    """
    (layer,) = (each for each in donor.layers if isinstance(each, layers.Normalization))
    mean, variance = (np.ravel(value) for value in layer.get_weights()[:2])
    imagenet = np.allclose(variance, IMAGENET_DEVIATION, atol=1e-3)
    deviation = variance if imagenet else np.sqrt(variance)
    pairs = [(float(m), float(d)) for m, d in zip(mean, deviation, strict=True)]
    return Scaling(tuple(1 / (255 * d) for _, d in pairs), tuple(-m / d for m, d in pairs))


LAYERS = re.compile(r"(stem|block\d[a-z]|top)_")

EFFICIENTNETB0 = Encoder(
    efficientnet,
    LAYERS,
    Application(
        name="EfficientNetB0",
        features="top_activation",
        file="efficientnetb0_notop.h5",
        pixel_scaling=pixel_scaling,
    ),
)
