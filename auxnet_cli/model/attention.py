"""Applies squeeze-and-excitation and spatial attention to a feature map (Fig. 6).

Both are built from stock Keras layers, so that a saved network loads without this package.
"""

from auxnet_cli.backend import Tensor, layers, ops
from auxnet_cli.settings import ModelSettings


def attend(x: Tensor, settings: ModelSettings, name: str) -> Tensor:
    """Applies the attention that ``model.attention`` chooses to (batch, height, width, channels).

    The names of its layers begin with ``name``.
    """
    kinds = settings.attention.split("+")
    if "se" in kinds:
        x = squeeze_excitation(x, settings.reduction, f"{name}_se")
    if "spatial" in kinds:
        x = spatial_attention(x, settings.spatial_kernel, f"{name}_sa")
    return x


def squeeze_excitation(x: Tensor, reduction: int, name: str) -> Tensor:
    """Scales each channel by s = σ(W2 · ReLU(W1 · z)), z the channel's mean (eqs. 1-2).

    W1 maps to channels / reduction.
    """
    channels = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Dense(max(1, channels // reduction), activation="relu", name=f"{name}_reduce")(s)
    s = layers.Dense(channels, activation="sigmoid", name=f"{name}_excite")(s)
    return layers.Multiply(name=f"{name}_scale")([x, s])


def spatial_attention(x: Tensor, kernel: int, name: str) -> Tensor:
    """Scales each pixel by a map of the channels' mean and maximum (Fig. 5).

    The two are joined to (batch, height, width, 2); a convolution of ``kernel`` × ``kernel`` pixels
    and a sigmoid give the map.
    """
    mean = ops.mean(x, axis=-1, keepdims=True)
    peak = ops.max(x, axis=-1, keepdims=True)
    pooled = layers.Concatenate(name=f"{name}_pool")([mean, peak])
    convolution = layers.Conv2D(1, kernel, padding="same", activation="sigmoid", name=f"{name}_map")
    return layers.Multiply(name=f"{name}_scale")([x, convolution(pooled)])
