"""The heads of a network: one for each task. Decoding imports no Keras."""

from collections.abc import Iterable, Mapping
from pkgutil import resolve_name

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.model.heads.head import Head, HeadPlan, OutputSettings
from auxnet_cli.model.memory import OUTPUT, memory_axes
from auxnet_cli.task import TASKS


def open_heads(
    tasks: Iterable[str],
    classes: int,
    label_kind: str,
    size: tuple[int, int],
    settings: OutputSettings,
) -> dict[str, Head]:
    """Returns the head of each task.

    Args:
        tasks: names of ``TASKS``.
        classes: number of defect classes.
        label_kind: ``exclusive`` or ``multi-label``.
        size: (height, width) of the network's input, pixels.
        settings: those that raw outputs follow from.

    Raises:
        InputError: the settings ask too much of an input of this size.
    """
    plan = HeadPlan(classes, label_kind == "exclusive", size, settings)
    return {task: resolve_name(TASKS[task].head)(plan) for task in tasks}


def card_heads(card: ModelCard) -> dict[str, Head]:
    """Returns the heads of the network that a model card describes."""
    return open_heads(card.tasks, len(card.classes), card.label_kind, card.size, card)


def card_outputs(card: ModelCard) -> dict[str, dict[str, int]]:
    """Returns the raw outputs of the network that a model card describes.

    Returns:
        name → its axes and their lengths, without the batch.
    """
    outputs = {
        name: axes for head in card_heads(card).values() for name, axes in head.outputs.items()
    }
    return outputs if card.memory is None else {**outputs, OUTPUT: memory_axes(card.size)}


def class_layers(heads: Mapping[str, Head]) -> dict[str, str]:
    """Returns the layers whose outputs each belong to a class: name → section of the task."""
    return {name: TASKS[task].section for task, head in heads.items() for name in head.class_layers}
