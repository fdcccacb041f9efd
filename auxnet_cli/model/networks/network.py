"""Defines what a network is, and finds the one that a setting names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auxnet_cli.backend import keras
from auxnet_cli.model.heads import class_layers
from auxnet_cli.model.heads.head import Head
from auxnet_cli.settings import ModelSettings
from auxnet_cli.settings.registry import NETWORKS


@dataclass(frozen=True)
class Network:
    """A network that ``model.name`` chooses, and what its layers are for.

    Attributes:
        build: builds it; arguments and result are those of ``defect_aux_net``.
        class_layers: returns, for the heads by task, the layers whose outputs each belong to a
            class: their name → the section of the task.
        parts: how the names of its layers begin, by part; for messages.
        levels: returns the names of the layers that give the encoder's levels, by level, for the
            memory of good parts; ``None`` where the network can have none.
    """

    build: Callable[..., keras.Model]
    class_layers: Callable[[Mapping[str, Head]], Mapping[str, str]] = class_layers
    parts: tuple[str, ...] = ()
    levels: Callable[[ModelSettings], Mapping[int, str]] | None = None

    def part_of(self, layer: str) -> str:
        """Returns the part that a layer belongs to by its name, or else its name."""
        return next((part for part in self.parts if layer.startswith(part)), layer)


def find_network(name: str) -> Network:
    """Returns the network that ``model.name`` names."""
    network: Network = NETWORKS[name].load()
    return network
