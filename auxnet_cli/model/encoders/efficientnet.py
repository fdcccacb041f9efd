"""EfficientNet-B0 (Tan and Le, 2019, Table 1), with attention where the pyramid taps it.

Layer names are those of ``keras.applications``, so that its weights find their places. Unlike
there, no residual branch is dropped at random (drop-connect), so that the network holds no random
state for a resumed training to restore.
"""

from collections.abc import Sequence
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.attention import attend
from auxnet_cli.model.encoders.width import channels
from auxnet_cli.model.normalisation import batch_norm
from auxnet_cli.settings import ModelSettings

Tensor = Any

STAGES = (
    # kernel, stride, channels, how many times wider inside
    (3, 1, 16, 1),
    (3, 2, 24, 6),
    (5, 2, 40, 6),
    (3, 2, 80, 6),
    (5, 1, 112, 6),
    (5, 2, 192, 6),
    (3, 1, 320, 6),
)
TAPS = {2: 2, 3: 3, 5: 4}
"""The stages, counted from 1, after which a level is tapped; C5 is behind the last convolution."""

SQUEEZE = 0.25
EPSILON = 1e-3


def efficientnet(
    pixels: Tensor, repeats: Sequence[int], settings: ModelSettings
) -> dict[int, Tensor]:
    """C2 to C5 with 24, 40, 112 and 1280 channels; see :func:`auxnet_cli.model.encoders.encoder`.

    Its blocks have squeeze-and-excitation of their own. Our attention is applied to the levels as
    they are handed on, beside the main path, so that trained features stay what they are.

    Args:
        pixels: (batch, height, width, 3).
        repeats: blocks of each stage.
        settings: of the width and the attention.
    """
    factor = settings.encoder_width
    x = _conv(pixels, channels(32, factor), 3, "stem_conv", stride=2)
    x = _activate(batch_norm(x, "stem_bn", EPSILON), "stem_activation")
    levels = {}
    for stage, (count, shape) in enumerate(zip(repeats, STAGES, strict=True), start=1):
        kernel, stride, published, wider = shape
        width = channels(published, factor)
        for number in range(count):
            name = f"block{stage}{'abcd'[number]}_"
            x = _block(x, kernel, stride if number == 0 else 1, width, wider, name)
        if stage in TAPS:
            levels[TAPS[stage]] = x
    x = batch_norm(_conv(x, channels(1280, factor), 1, "top_conv"), "top_bn", EPSILON)
    levels[5] = _activate(x, "top_activation")
    kind, reduction, side = settings.attention, settings.reduction, settings.spatial_kernel
    return {level: attend(x, kind, reduction, side, f"tap{level}") for level, x in levels.items()}


def _block(inputs: Tensor, kernel: int, stride: int, width: int, wider: int, name: str) -> Tensor:
    """Widen, depthwise convolution, squeeze-and-excitation, project back (MBConv)."""
    x, entering = inputs, inputs.shape[-1]
    if wider > 1:
        x = _conv(x, entering * wider, 1, f"{name}expand_conv")
        x = _activate(batch_norm(x, f"{name}expand_bn", EPSILON), f"{name}expand_activation")
    x = layers.DepthwiseConv2D(
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=_spread(),
        name=f"{name}dwconv",
    )(x)
    x = _activate(batch_norm(x, f"{name}bn", EPSILON), f"{name}activation")
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}se_squeeze")(x)
    s = _conv(s, max(1, int(entering * SQUEEZE)), 1, f"{name}se_reduce", activation="silu")
    s = _conv(s, entering * wider, 1, f"{name}se_expand", activation="sigmoid")
    x = layers.Multiply(name=f"{name}se_excite")([x, s])
    x = batch_norm(_conv(x, width, 1, f"{name}project_conv"), f"{name}project_bn", EPSILON)
    if stride == 1 and entering == width:
        x = layers.Add(name=f"{name}add")([x, inputs])
    return x


def _conv(
    x: Tensor, width: int, kernel: int, name: str, stride: int = 1, activation: str | None = None
) -> Tensor:
    """A convolution; without an activation of its own a norm follows, and it needs no bias."""
    return layers.Conv2D(
        width,
        kernel,
        strides=stride,
        padding="same",
        activation=activation,
        use_bias=activation is not None,
        kernel_initializer=_spread(),
        name=name,
    )(x)


def _activate(x: Tensor, name: str) -> Tensor:
    return layers.Activation("silu", name=name)(x)


def _spread() -> Any:
    return keras.initializers.VarianceScaling(2.0, mode="fan_out", distribution="truncated_normal")
