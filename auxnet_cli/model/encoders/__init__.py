"""The encoder (bottom-up pathway): which networks there are, and what of them is whose."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.model.encoders.efficientnet import efficientnet
from auxnet_cli.model.encoders.repvgg import repvgg
from auxnet_cli.model.encoders.resnet import resnet18, resnet50
from auxnet_cli.settings import ModelSettings

Tensor = Any
Build = Callable[[Tensor, Sequence[int], ModelSettings], dict[int, Tensor]]

ENCODERS: dict[str, tuple[Build, tuple[int, ...]]] = {
    "resnet18": (resnet18, (2, 2, 2, 2)),
    "resnet50": (resnet50, (3, 4, 6, 3)),
    "efficientnetb0": (efficientnet, (1, 2, 2, 3, 3, 4, 1)),
    "repvgg": (repvgg, (2, 4, 14, 1)),
}
"""By name: what builds it, and the blocks of its stages."""

_BACKBONE = re.compile(r"conv\d_|(stem|block\d[a-z]|top)_")
# EfficientNet's own squeeze-and-excitation is part of it.
_ATTENTION = re.compile(r"conv\d_block\d+_(se|sa)_")


def encoder(pixels: Tensor, settings: ModelSettings) -> dict[int, Tensor]:
    """Build the encoder on scaled pixels.

    Args:
        pixels: (batch, height, width, 3).
        settings: ``encoder``, ``encoder_width`` and the attention settings count here.

    Returns:
        C2 to C5 by level; level l is (batch, height / 2^l, width / 2^l, channels), rounded up.
    """
    build, repeats = ENCODERS[settings.encoder]
    return build(pixels, repeats, settings)


def backbone(network: keras.Model) -> list[Any]:
    """The layers with weights that ``keras.applications`` has, too: the encoder less attention."""
    return [
        layer
        for layer in network.layers
        if layer.weights and _BACKBONE.match(layer.name) and not _ATTENTION.match(layer.name)
    ]
