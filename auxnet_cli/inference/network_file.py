"""Reads the network of a run, and checks that it is the one its model card describes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.engines.engine import fixed_size
from auxnet_cli.model.heads import card_outputs

Shape = Sequence[int | None]


class MismatchError(AuxnetError):
    """A network is not what its card says; its output cannot be read."""

    exit_code = 2


def load_network(path: Path, card: ModelCard | None = None) -> Any:
    """Reads a ``.keras`` file in safe mode; see :func:`auxnet_cli.model.archive.load_archive`.

    Raises:
        InputError: the file is missing or damaged, or claims more than it holds.
        MismatchError: the network does not match the card.
    """
    from auxnet_cli.model.archive import load_archive  # starts a back end, which takes seconds

    network = load_archive(path)
    if card is not None:
        check_size(fixed_size(network.input_shape), card, path)
        check_answers(card, {name: port.shape[1:] for name, port in network.output.items()})
    return network


def check_size(size: tuple[int, int] | None, card: ModelCard, source: Path) -> None:
    """Checks that a network takes images of the (height, width) that its card says.

    Raises:
        MismatchError: it takes another size.
    """
    if size not in (None, card.size):
        actual, described = (" × ".join(map(str, pair)) for pair in (size, card.size))
        raise MismatchError(
            f"{source} holds a network for images of {actual} pixels, and its model.json says "
            f"{described}: take both files from the same training."
        )


def check_answers(card: ModelCard, shapes: Mapping[str, Shape]) -> None:
    """Checks that the outputs of a network are those that its card describes.

    Their shapes have no batch axis, and ``None`` where a side is open.

    Raises:
        MismatchError: they are not.
    """
    expected = {name: tuple(axes.values()) for name, axes in card_outputs(card).items()}
    for name in sorted({*expected, *shapes}):
        wanted, actual = expected.get(name), shapes.get(name)
        if wanted is None or actual is None or not _fits(actual, wanted):
            raise MismatchError(
                f"The network gives {_in_words(actual)} for {name}, where its model.json "
                f"describes {_in_words(wanted)} (by classes, label_kind, tasks, size, "
                "anchors, mask_stride and memory): take both files from the same training."
            )


def _fits(actual: Shape, wanted: Sequence[int]) -> bool:
    return len(actual) == len(wanted) and all(
        side in (None, other) for side, other in zip(actual, wanted, strict=True)
    )


def _in_words(shape: Shape | None) -> str:
    return "nothing" if shape is None else f"{' × '.join(map(str, shape))} values"
