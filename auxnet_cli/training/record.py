"""Records a run on disk: history, curves, the model that is kept and its card."""

import json
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from auxnet_cli.backend import keras
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.documents.scores import SplitScores
from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.errors import InputError
from auxnet_cli.reports.charts.training_curves import save_curves
from auxnet_cli.system.files import sha256, whole_file, write_json, write_text
from auxnet_cli.system.untrusted import read_json
from auxnet_cli.training.checkpoint import Stateful
from auxnet_cli.workspace import HISTORY

REPORT = "validation.json"

_NO_SCORE: tuple[float | None, int | None] = (None, None)


class RunRecord(Stateful):
    """Writes a run's files as the training goes; each is whole at any moment.

    ``card`` is that of the network that is kept, without the hash. The network is that of the best
    ``val_score`` or of the smallest ``loss``, whichever is monitored, or the ``last`` that has it.
    ``history`` has a line for each epoch that is done.
    """

    STATE = ("history",)

    def __init__(
        self,
        folder: Path,
        network: keras.Model,
        card: ModelCard,
        monitored: Literal["val_score", "loss"],
        last: bool = False,
    ) -> None:
        self.folder = folder
        self._network = network
        self._card = card
        self._figure, self._last = monitored, last
        self.history: list[EpochLine] = []

    @property
    def kept_epoch(self) -> int | None:
        """The epoch of the model that is kept."""
        return self._kept[1]

    @property
    def kept_score(self) -> float | None:
        """The monitored score of the model that is kept."""
        return self._kept[0]

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the best score; of several alike, the last has learned for longest."""
        return max(self._scores, default=_NO_SCORE)[1]

    @property
    def _kept(self) -> tuple[float | None, int | None]:
        return (
            self._scores[-1]
            if self._last and self._scores
            else max(self._scores, default=_NO_SCORE)
        )

    @property
    def _scores(self) -> list[tuple[float, int]]:
        """(monitored score, epoch) of the epochs that have one."""
        sign = -1 if self._figure == "loss" else 1
        lines = enumerate(self.history, start=1)
        return [
            (sign * score, epoch)
            for epoch, line in lines
            if (score := line.get(self._figure)) is not None
        ]

    def add(self, line: EpochLine, report: SplitScores | None = None) -> bool:
        """Writes an epoch down; saves the model, and returns ``True``, if it is the one to keep."""
        self.history.append(line)
        improved = self.kept_epoch == len(self.history)
        text = "".join(json.dumps(entry) + "\n" for entry in self.history)
        write_text(self.folder / HISTORY, text)
        save_curves(self.history, self.folder / "curves.png")
        if improved:
            self._save()
            if report is not None:
                write_json(self.folder / REPORT, report.document())
        return improved

    def report(self) -> SplitScores | None:
        """Returns the scores of the model that is kept on the validation split.

        Raises:
            InputError: the file is damaged, or of another version.
        """
        path = self.folder / REPORT
        if not path.is_file():
            return None
        try:
            return SplitScores.model_validate(read_json(path, "report"))
        except ValidationError:
            raise InputError(f"{path} is damaged, or of another version.") from None

    def close(self) -> None:
        """Saves the network as it is where no epoch gave a score to choose by."""
        if self.kept_epoch is None:
            self._save()

    def _save(self) -> None:
        save_model(self.folder, self._network, self._card)


def save_model(folder: Path, network: keras.Model, card: ModelCard) -> None:
    """Writes a network and its card, with the network's hash, into the folder of a run."""
    # Both are complete before either is in its place: one without the other is no model.
    with whole_file(folder / CARD) as described, whole_file(folder / NETWORK) as saved:
        network.save(saved)
        card.model_copy(update={"sha256": sha256(saved)}).write(described)
