"""Validates a network: it predicts the validation split and is scored like any model."""

from collections.abc import Sequence
from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Record
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.evaluate_split import score_split
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.task import TASKS


class Validator:
    """Scores a network as it stands, whose weights are read anew at each call.

    The validation split may be empty. ``report`` is that of the last validation.
    """

    def __init__(self, network: keras.Model, card: ModelCard, records: Sequence[Record]) -> None:
        self.inspector = NetworkInspector.of(card, open_engine(network))
        self.report: dict[str, Any] | None = None
        self._records = records

    def scores(self) -> EpochLine:
        """Returns ``val_f1``, ``val_dice``, ``val_map50`` of the network's heads, and their mean.

        The escape and false-alarm rates are added. A score that the split cannot give is ``None``
        and stays out of the mean. Without a validation split the answer is empty.
        """
        if not self._records:
            return {}
        self.report = report = score_split(
            self.inspector, self._records, self.inspector.card.classes
        )
        scores: EpochLine = {}
        for task in TASKS.values():
            if report[task.section] is not None:
                scores[f"val_{task.headline}"] = report[task.section][task.headline]
        known = [value for value in scores.values() if value is not None]
        scores["val_score"] = sum(known) / len(known) if known else None
        for name in ("escape_rate", "false_alarm_rate"):
            scores[f"val_{name}"] = report["screening"][name]
        return scores
