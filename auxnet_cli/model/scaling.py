"""Scales pixels, in the network's first layer, to what the encoder's weights were trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import keras, layers

LAYER = "scale"
PerChannel = float | tuple[float, ...]


@dataclass(frozen=True)
class Scaling:
    """pixel · scale + offset, on RGB pixels of 0-255: a number for all channels, or for each."""

    scale: PerChannel = 1 / 255
    offset: PerChannel = 0.0

    def layer(self) -> Any:
        """Returns the layer that scales; a stock one, so that every runtime knows it."""
        scale, offset = (
            list(value) if isinstance(value, tuple) else value
            for value in (self.scale, self.offset)
        )
        return layers.Rescaling(scale, offset=offset, name=LAYER)

    @classmethod
    def of(cls, network: keras.Model) -> "Scaling":
        """Returns the scaling of a network."""
        layer = network.get_layer(LAYER)
        return cls.read({"scale": layer.scale, "offset": layer.offset})

    @classmethod
    def read(cls, document: Mapping[str, float | Sequence[float]]) -> "Scaling":
        """Reads what :func:`dataclasses.asdict` returns, also after a way through JSON."""
        return cls(*(_per_channel(document[name]) for name in ("scale", "offset")))


def _per_channel(value: float | Sequence[float]) -> PerChannel:
    return float(value) if isinstance(value, int | float) else tuple(float(each) for each in value)


UNIT = Scaling()
"""Pixels to 0-1, for encoders that learn from scratch."""
