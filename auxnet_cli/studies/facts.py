"""Reads what a study's table says of a training beside its figures."""

import json
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.settings.loader import read_settings
from auxnet_cli.settings.registry import DETECTORS
from auxnet_cli.workspace import CONFIG, HISTORY


@dataclass(frozen=True)
class Facts:
    """What a table says of a training beside its figures.

    Attributes:
        minutes: of the training, of the clock.
        parameters: of the network.
        settings: what tells it from others: network, encoder, initial weights, losses, input.
    """

    minutes: float
    parameters: int
    settings: dict[str, str]


def training_facts(run: Path, card: ModelCard) -> Facts:
    """Reads the facts of a finished run."""
    settings = read_settings(run / CONFIG)
    model, loss = settings.model, settings.loss
    lines = (run / HISTORY).read_text(encoding="utf-8").splitlines()
    seconds = sum(json.loads(line)["seconds"] for line in lines)
    described = {"network": model.name, "encoder": model.encoder, "weights": card.initial_weights}
    described |= {"input": f"{card.size[0]} x {card.size[1]}", "epochs": str(len(lines))}
    if model.encoder_width != 1:
        described["encoder"] += f" x {model.encoder_width:g}"
    described["attention"] = model.attention
    if "seg" in card.tasks:
        described["loss of masks"] = loss.segmentation
    if "det" in card.tasks:
        set_by_name = f"{loss.box_scores}, gamma {loss.focal_gamma:g}, {loss.boxes}"
        described["loss of boxes"] = DETECTORS[model.detector].loss or set_by_name
    return Facts(round(seconds / 60, 2), card.parameters, described)
