"""Defines what a network is, and finds the one that a setting names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auxnet_cli.backend import keras
from auxnet_cli.settings import ModelSettings
from auxnet_cli.settings.registry import NETWORKS


@dataclass(frozen=True)
class Network:
    """A network that ``model.name`` chooses, and what its layers are for.

    Attributes:
        build: builds it; arguments and result are those of ``defect_aux_net``.
        class_layers: returns, for settings, the layers whose outputs each belong to a class: their
            name → ``classification``, ``segmentation`` or ``detection``.
        parts: how the names of its layers begin, by part; for messages.
    """

    build: Callable[..., keras.Model]
    class_layers: Callable[[ModelSettings], Mapping[str, str]]
    parts: tuple[str, ...] = ()

    def part_of(self, layer: str) -> str:
        """Returns the part that a layer belongs to by its name, or else its name."""
        return next((part for part in self.parts if layer.startswith(part)), layer)


def find_network(name: str) -> Network:
    """Returns the network that ``model.name`` names."""
    network: Network = NETWORKS[name].load()
    return network
