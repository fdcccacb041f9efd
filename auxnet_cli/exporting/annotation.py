"""Names the axes of an artefact, and writes into it what it detects and who made it."""

import json
from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.documents.coding import CODING
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.model.heads import card_outputs


def axes(card: ModelCard) -> dict[str, tuple[str, ...]]:
    """Names the axes of the input and of each output."""
    named = {"pixels": ("height", "width", "channels"), **card_outputs(card)}
    return {name: ("batch", *axes) for name, axes in named.items()}


def metadata(card: ModelCard) -> dict[str, str]:
    """Returns what an artefact says of itself; lists are JSON."""
    return {
        "classes": json.dumps(card.classes, ensure_ascii=False),
        "label_kind": card.label_kind,
        "tasks": json.dumps(card.tasks),
        "size": json.dumps(card.size),
        "channels": CODING["input"]["channels"],
        "tool": "auxnet",
        "tool_version": __version__,
        "model_sha256": card.sha256,
    }


def annotate(path: Path, entry: EngineEntry, card: ModelCard) -> None:
    """Names an artefact's axes where its format knows names, and writes :func:`metadata` into it.

    The network computes what it did. Annotating twice gives what annotating once gives.
    """
    entry.load().annotate(path, axes(card), metadata(card))
