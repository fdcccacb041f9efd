"""The record of a run on disk: history, curves, the best model and its card."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.reports.charts.training_curves import save_curves
from auxnet_cli.system.files import sha256, whole_file, write_json, write_text
from auxnet_cli.system.untrusted import read_json

REPORT = "validation.json"


class RunRecord:
    """Writes a run's files as the training goes; each is whole at any moment.

    Args:
        folder: of the run.
        network: the one that is kept.
        card: its model card, without the hash.
        monitor: ``score`` or ``loss``, what chooses the best model.
        history: the lines of the epochs that an earlier process has done.
    """

    def __init__(
        self,
        folder: Path,
        network: Any,
        card: ModelCard,
        monitor: str,
        history: Iterable[dict[str, Any]] = (),
    ) -> None:
        self.folder = folder
        self.history: list[dict[str, Any]] = []
        self.best: float | None = None
        self.best_epoch: int | None = None
        self._network = network
        self._card = card
        self._monitor = monitor
        for line in history:
            self._take(line)

    def add(self, line: dict[str, Any], report: dict[str, Any] | None = None) -> bool:
        """Take an epoch's line; saves the model if it is the best, and says whether it is.

        Args:
            line: of the history.
            report: of the epoch's validation, kept with the best model.
        """
        improved = self._take(line)
        text = "".join(json.dumps(entry) + "\n" for entry in self.history)
        write_text(self.folder / "history.jsonl", text)
        save_curves(self.history, self.folder / "curves.png")
        if improved:
            self._save()
            if report is not None:
                write_json(self.folder / REPORT, report)
        return improved

    def report(self) -> dict[str, Any] | None:
        """The best model's scores on the validation split."""
        path = self.folder / REPORT
        return read_json(path, "report") if path.is_file() else None

    def close(self) -> None:
        """Keep the present network where no epoch gave a figure to choose by."""
        if self.best_epoch is None:
            self._save()

    def _take(self, line: dict[str, Any]) -> bool:
        self.history.append(line)
        figure = -line["loss"] if self._monitor == "loss" else line.get("val_score")
        improved = figure is not None and (self.best is None or figure >= self.best)
        if improved:
            self.best, self.best_epoch = figure, line["epoch"]
        return improved

    def _save(self) -> None:
        # Both are ready before either is in its place: one without the other is no model.
        with (
            whole_file(self.folder / CARD) as card,
            whole_file(self.folder / NETWORK) as network,
        ):
            self._network.save(network)
            self._card.model_copy(update={"sha256": sha256(network)}).write(card)
