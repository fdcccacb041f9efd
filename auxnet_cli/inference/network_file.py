"""Reads the network of a run, and checks that it is the one its model card describes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.engines.engine import fixed_size
from auxnet_cli.model.detection.anchors import count_anchors


class MismatchError(AuxnetError):
    """A network is not what its card says; no image can be read by it."""

    exit_code = 2


def load_network(path: Path, card: ModelCard | None = None) -> Any:
    """Read a ``.keras`` file, in safe mode; see :func:`auxnet_cli.model.archive.load_archive`.

    Args:
        path: of the file.
        card: the model card that it must be the network of.

    Raises:
        InputError: it is missing or damaged, or claims more than it holds.
        MismatchError: the network is not what the card says.
    """
    from auxnet_cli.model.archive import load_archive

    network = load_archive(path)
    if card is not None:
        check_size(fixed_size(network.input_shape), card, path)
        check_answers(card, {name: one.shape[1:] for name, one in network.output.items()})
    return network


def check_size(size: tuple[int, int] | None, card: ModelCard, source: Path) -> None:
    """Check that a network takes images of the size that its card says.

    Args:
        size: (height, width) that the network takes; ``None``: any.
        card: the model card.
        source: of the network, for the message.

    Raises:
        MismatchError: it takes another.
    """
    if size not in (None, card.size):
        given, described = (" × ".join(map(str, one)) for one in (size, card.size))
        raise MismatchError(
            f"{source} holds a network for images of {given} pixels, and its model.json says "
            f"{described}: take both files from the same training."
        )


def check_answers(card: ModelCard, shapes: Mapping[str, Sequence[int | None]]) -> None:
    """Check that a network answers what its card describes.

    Args:
        card: the model card.
        shapes: of its outputs by name, without the batch; ``None`` where it leaves one open.

    Raises:
        MismatchError: it does not.
    """
    count = len(card.classes)
    anchors = count_anchors(card.size, card.anchors) if "det" in card.tasks else 0
    described: dict[str, dict[str, tuple[int, ...]]] = {
        "cls": {"classification": (count + (card.label_kind == "exclusive"),)},
        "seg": {"segmentation": (*card.size, count)},
        "det": {"detection_scores": (anchors, count), "detection_boxes": (anchors, 4)},
    }
    expected = {name: one for task in card.tasks for name, one in described[task].items()}
    for name in sorted({*expected, *shapes}):
        wanted, given = expected.get(name), shapes.get(name)
        if wanted is None or given is None or not _fits(given, wanted):
            raise MismatchError(
                f"The network gives {_in_words(given)} for {name}, where its model.json "
                f"describes {_in_words(wanted)} (by classes, label_kind, tasks, size and "
                "anchors): take both files from the same training."
            )


def _fits(given: Sequence[int | None], wanted: Sequence[int]) -> bool:
    return len(given) == len(wanted) and all(
        one is None or one == other for one, other in zip(given, wanted, strict=True)
    )


def _in_words(shape: Sequence[int | None] | None) -> str:
    return "nothing" if shape is None else f"{' × '.join(map(str, shape))} values"
