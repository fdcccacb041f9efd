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
            level l is (batch, height / 2^l, width / 2^l, channels), rounded up.
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


def channels(published: int, factor: float) -> int:
    """Scales a number of channels; the result is a multiple of ``MULTIPLE`` unless factor is 1."""
    if factor == 1:
        return published
    return max(MULTIPLE, round(published * factor / MULTIPLE) * MULTIPLE)
