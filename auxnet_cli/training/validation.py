"""Validation: the network predicts the validation split and is scored like any model."""

from collections.abc import Sequence
from typing import Any

from auxnet_cli.data.dataset import Record
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.evaluate_split import score_split
from auxnet_cli.inference.network_inspector import NetworkInspector

# The figure that speaks for each head, as (section of the report, figure).
HEADLINES = (("classification", "f1"), ("segmentation", "dice"), ("detection", "map50"))


class Validator:
    """Scores a network as it stands.

    Args:
        network: the one in training; its weights are read anew at each call.
        card: its model card.
        records: the validation split; it may be empty.
        classes: names.

    Attributes:
        inspector: around the network.
        report: of the last validation.
    """

    def __init__(
        self, network: Any, card: ModelCard, records: Sequence[Record], classes: Sequence[str]
    ) -> None:
        self.inspector = NetworkInspector.of(card, open_engine(network))
        self.report: dict[str, Any] | None = None
        self._records = records
        self._classes = classes

    def scores(self) -> dict[str, float | None]:
        """``val_f1``, ``val_dice``, ``val_map50`` of the heads that were built, and their mean.

        Also the escape and false-alarm rates. A figure that the split cannot give is ``None`` and
        stays out of the mean. Empty without a validation split.
        """
        if not self._records:
            return {}
        self.report = report = score_split(self.inspector, self._records, self._classes)
        found: dict[str, float | None] = {}
        for section, figure in HEADLINES:
            if report[section] is not None:
                found[f"val_{figure}"] = report[section][figure]
        known = [value for value in found.values() if value is not None]
        found["val_score"] = sum(known) / len(known) if known else None
        for figure in ("escape_rate", "false_alarm_rate"):
            found[f"val_{figure}"] = report["screening"][figure]
        return found
