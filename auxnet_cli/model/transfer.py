"""From one of our networks to another: what fits is taken over, what does not starts fresh."""

from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import keras

CLASS_LAYERS = ("classification", "segmentation_conv", "detection_scores_out")
"""Those whose outputs each belong to a class."""

Answer = tuple[str, str]


@dataclass(frozen=True)
class Answers:
    """What the class outputs of a network stand for.

    Attributes:
        classes: names, in order.
        label_kind: ``exclusive`` (classification has an output for "good", too) or ``multi-label``.
    """

    classes: tuple[str, ...]
    label_kind: str

    def of(self, layer: str) -> list[Answer]:
        """The outputs of a layer, in order: the label kind where it matters, and the class."""
        if layer != "classification":
            return [("", name) for name in self.classes]
        good = ["good"] if self.label_kind == "exclusive" else []
        return [(self.label_kind, name) for name in [*good, *self.classes]]


@dataclass(frozen=True)
class Transfer:
    """What became of a network's layers.

    Attributes:
        taken: the layers taken over whole.
        shared: those of which the outputs of some classes were taken over, with these classes.
        remade: those that start fresh.
    """

    taken: tuple[str, ...]
    shared: dict[str, tuple[str, ...]]
    remade: tuple[str, ...]

    def __str__(self) -> str:
        """In words, for a line of the record; a part of which nothing stayed is named once."""
        kept = {_part(name) for name in (*self.taken, *self.shared)}
        fresh = [name if _part(name) in kept else _part(name) for name in self.remade]
        parts = [f"{len(self.taken)} layers taken over"]
        parts += [f"of {layer} only {', '.join(names)}" for layer, names in self.shared.items()]
        if fresh:
            parts.append(f"made anew: {', '.join(dict.fromkeys(fresh))}")
        return "; ".join(parts)


def transfer(network: keras.Model, donor: keras.Model, own: Answers, theirs: Answers) -> Transfer:
    """Copy what a trained network knows into a fresh one.

    A layer is taken over if the donor has one of its name and shapes. Of a layer with outputs for
    classes, those of the classes that both know by name are taken over, whatever their order.

    Args:
        network: to copy into; what is not taken over stays as it is.
        donor: to copy from.
        own: what the network's class outputs stand for.
        theirs: likewise the donor's.
    """
    known = {layer.name: layer for layer in donor.layers if layer.weights}
    taken: list[str] = []
    remade: list[str] = []
    shared: dict[str, tuple[str, ...]] = {}
    for layer in network.layers:
        name = layer.name
        if not layer.weights:
            continue
        if name in known and name in CLASS_LAYERS:
            wanted = own.of(name)
            found = _take_classes(layer, known[name], wanted, theirs.of(name))
            if 0 < len(found) < len(wanted):
                shared[name] = tuple(label for _, label in found)
            else:
                (taken if found else remade).append(name)
        elif name in known and _shapes(layer) == _shapes(known[name]):
            layer.set_weights(known[name].get_weights())
            taken.append(name)
        else:
            remade.append(name)
    return Transfer(tuple(taken), shared, tuple(remade))


def _take_classes(
    layer: Any, donor: Any, wanted: list[Answer], offered: list[Answer]
) -> list[Answer]:
    """Copy the outputs that both have; gives what they stand for.

    What a separable layer filters each channel with comes before its outputs, and is copied whole.
    """
    found = [answer for answer in wanted if answer in offered]
    here = [wanted.index(answer) for answer in found]
    there = [offered.index(answer) for answer in found]
    values, offers = layer.get_weights(), donor.get_weights()
    if len(values) != len(offers):
        return []
    for value, given in zip(values, offers, strict=True):
        if value.shape[-1] != values[-1].size:  # the bias is last
            if value.shape != given.shape:
                return []
            value[...] = given
            continue
        # A detection layer scores every class for the first anchor, then for the second.
        own = value.reshape(*value.shape[:-1], -1, len(wanted))
        other = given.reshape(*given.shape[:-1], -1, len(offered))
        if own.shape[:-1] != other.shape[:-1]:
            return []
        own[..., here] = other[..., there]
    layer.set_weights(values)
    return found


def _part(layer: str) -> str:
    """Pyramid, classification, segmentation or detection."""
    return layer.split("_", maxsplit=1)[0].rstrip("0123456789")


def _shapes(layer: Any) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.weights]
