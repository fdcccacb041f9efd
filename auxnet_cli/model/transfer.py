"""Copies what fits from one network into another; what does not fit starts fresh."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import keras

Meaning = tuple[str, str]
"""What an output stands for: the label kind where it matters, and the class."""


@dataclass(frozen=True)
class ClassOutputs:
    """What the class outputs of a network stand for.

    Where the labels are exclusive, classification has an output for "good", too.
    """

    classes: tuple[str, ...]
    label_kind: str

    def of(self, head: str) -> list[Meaning]:
        """Returns what the outputs of a head stand for, in order."""
        if head != "classification":
            return [("", name) for name in self.classes]
        good = ["good"] if self.label_kind == "exclusive" else []
        return [(self.label_kind, name) for name in [*good, *self.classes]]


@dataclass(frozen=True)
class Transfer:
    """The layers taken over whole, those for some classes alone, and those that start fresh."""

    taken: tuple[str, ...]
    shared: dict[str, tuple[str, ...]]
    remade: tuple[str, ...]

    def summary(self, part_of: Callable[[str], str]) -> str:
        """Returns a line for the record; a part of the network that is all new is named once."""
        kept = {part_of(name) for name in (*self.taken, *self.shared)}
        fresh = [name if part_of(name) in kept else part_of(name) for name in self.remade]
        parts = [f"{len(self.taken)} layers taken over"]
        parts += [f"of {layer} only {', '.join(names)}" for layer, names in self.shared.items()]
        if fresh:
            parts.append(f"made anew: {', '.join(dict.fromkeys(fresh))}")
        return "; ".join(parts)


def transfer(
    network: keras.Model,
    donor: keras.Model,
    outputs: ClassOutputs,
    donor_outputs: ClassOutputs,
    class_layers: Mapping[str, str],
) -> Transfer:
    """Copies what a trained network knows into a fresh one.

    A layer is taken over if the donor has one of its name and shapes. Of a layer with outputs for
    classes, those of the classes that both know by name are taken over, whatever their order.
    ``class_layers`` names the layers whose outputs each belong to a class, with their heads.
    """
    known = {layer.name: layer for layer in donor.layers if layer.weights}
    taken: list[str] = []
    remade: list[str] = []
    shared: dict[str, tuple[str, ...]] = {}
    for layer in network.layers:
        name = layer.name
        if not layer.weights:
            continue
        if name in known and name in class_layers:
            wanted = outputs.of(class_layers[name])
            copied = _take_classes(layer, known[name], wanted, donor_outputs.of(class_layers[name]))
            if 0 < len(copied) < len(wanted):
                shared[name] = tuple(label for _, label in copied)
            else:
                (taken if copied else remade).append(name)
        elif name in known and shapes(layer) == shapes(known[name]):
            layer.set_weights(known[name].get_weights())
            taken.append(name)
        else:
            remade.append(name)
    return Transfer(tuple(taken), shared, tuple(remade))


def _take_classes(
    layer: Any, donor: Any, wanted: list[Meaning], offered: list[Meaning]
) -> list[Meaning]:
    """Copies the outputs that both layers have, and returns what they stand for."""
    common = [meaning for meaning in wanted if meaning in offered]
    here = [wanted.index(meaning) for meaning in common]
    there = [offered.index(meaning) for meaning in common]
    values = layer.get_weights()
    for value, given in zip(values, donor.get_weights(), strict=True):
        # A detection layer scores every class for the first anchor, then for the second.
        into = value.reshape(*value.shape[:-1], -1, len(wanted))
        source = given.reshape(*given.shape[:-1], -1, len(offered))
        if into.shape[:-1] != source.shape[:-1]:
            return []
        into[..., here] = source[..., there]
    layer.set_weights(values)
    return common


def shapes(layer: Any) -> list[tuple[int, ...]]:
    """Returns the shapes of a layer's weights."""
    return [tuple(weight.shape) for weight in layer.weights]
