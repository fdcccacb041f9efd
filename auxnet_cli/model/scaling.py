"""The scaling of pixels, the network's first layer: what the encoder's weights were trained on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import keras, layers

LAYER = "scale"
Figure = float | tuple[float, ...]


@dataclass(frozen=True)
class Scaling:
    """pixel · scale + offset, on RGB pixels of 0-255.

    Attributes:
        scale: one figure for all channels, or one each.
        offset: likewise.
    """

    scale: Figure = 1 / 255
    offset: Figure = 0.0

    def layer(self) -> Any:
        """The layer that does it; a stock one, so that every runtime knows it."""
        scale, offset = (
            list(figure) if isinstance(figure, tuple) else figure
            for figure in (self.scale, self.offset)
        )
        return layers.Rescaling(scale, offset=offset, name=LAYER)

    @classmethod
    def of(cls, network: keras.Model) -> "Scaling":
        """The scaling of one of our networks."""
        layer = network.get_layer(LAYER)
        return cls(_figure(layer.scale), _figure(layer.offset))

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Scaling":
        """From what :func:`dataclasses.asdict` makes of it, also by way of JSON."""
        return cls(_figure(document["scale"]), _figure(document["offset"]))

    @classmethod
    def standardised(cls, mean: Iterable[float], deviation: Iterable[float]) -> "Scaling":
        """Pixels / 255, less ``mean``, over ``deviation``; both are of each channel, 0-1."""
        pairs = [(float(m), float(d)) for m, d in zip(mean, deviation, strict=True)]
        return cls(tuple(1 / (255 * d) for _, d in pairs), tuple(-m / d for m, d in pairs))


def _figure(value: Any) -> Figure:
    return float(value) if isinstance(value, int | float) else tuple(float(each) for each in value)


UNIT = Scaling()
"""Pixels to 0-1, for encoders that learn from scratch."""

RESNET_IMAGENET = Scaling(1.0, (-123.68, -116.779, -103.939))
"""What ``keras.applications`` does before its ResNet-50: ImageNet's mean is subtracted."""
