"""Defines what an encoder is, and finds the one that a setting names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import Tensor, keras
from auxnet_cli.model.encoders.pretrained import Pretrained
from auxnet_cli.settings import ModelSettings
from auxnet_cli.settings.registry import ENCODERS

MULTIPLE = 8
"""Vector units work on so many channels at a time."""


@dataclass(frozen=True)
class Encoder:
    """An encoder, the bottom-up network that the pyramid and the heads stand on.

    Attributes:
        build: builds it on scaled pixels (batch, height, width, 3). Returns C1 to C5 by level;
            level l is (batch, height / 2^l, width / 2^l, channels), rounded up; none is coarser
            than ``ModelSettings.encoder_stride``, see :func:`strides`.
        backbone: matches the beginning of the names of its layers other than attention: those
            that pretrained weights fill, and that ``training.frozen_epochs`` freezes.
        pretrained: where its ImageNet weights come from; ``None`` where none are published.
    """

    build: Callable[[Tensor, ModelSettings], dict[int, Tensor]]
    backbone: re.Pattern[str]
    pretrained: Pretrained | None = None

    def backbone_layers(self, network: keras.Model) -> list[Any]:
        """Returns the layers with weights of ``network`` that are this encoder's backbone."""
        return [
            layer for layer in network.layers if layer.weights and self.backbone.match(layer.name)
        ]


def find_encoder(name: str) -> Encoder:
    """Returns the encoder that ``model.encoder`` names."""
    encoder: Encoder = ENCODERS[name].load()
    return encoder


def pretrained_encoders() -> dict[str, Pretrained]:
    """Returns the encoders with published ImageNet weights, by name."""
    encoders = {name: find_encoder(name).pretrained for name in ENCODERS}
    return {name: pretrained for name, pretrained in encoders.items() if pretrained is not None}


def strides(level: int, settings: ModelSettings) -> tuple[int, int, int]:
    """Returns how the first stage of a level halves its input, and how far its kernels reach.

    A stage that would be coarser than ``ModelSettings.encoder_stride`` has no stride, and the
    kernels behind it reach as far as they would have with it (Yu and Koltun 2016).

    Returns:
        The stride, the dilation of the kernel that has this stride, and that of all behind it.
    """
    dilation = max(1, 2**level // settings.encoder_stride)
    return 2 if dilation == 1 else 1, max(1, dilation // 2), dilation


def channels(published: int, factor: float) -> int:
    """Scales a number of channels; the result is a multiple of ``MULTIPLE`` unless factor is 1."""
    if factor == 1:
        return published
    return max(MULTIPLE, round(published * factor / MULTIPLE) * MULTIPLE)
