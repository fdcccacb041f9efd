"""Decides when a training ends: after its epochs, by the clock, or when the score stops rising."""

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.checkpoint import Stateful

MINUTE = 60.0


class Stopping(Stateful):
    """Fits a training to its number of epochs or, where there is one, to its time budget.

    Attributes:
        seconds: of the whole training so far.
        validation_seconds: of the last validation, and of recording and logging it.
    """

    STATE = ("seconds", "validation_seconds")

    def __init__(self, settings: TrainingSettings) -> None:
        self.seconds = self.validation_seconds = 0.0
        self._settings = settings

    @property
    def budget(self) -> float | None:
        """Seconds for learning, where the clock ends it: the last validation must still fit in."""
        minutes = self._settings.minutes
        return None if minutes is None else max(1e-9, minutes * MINUTE - self.validation_seconds)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of the time budget, where there is one."""
        return None if self.budget is None else self.budget - self.seconds

    @property
    def out_of_time(self) -> bool:
        """Whether the time budget ends here, perhaps in the middle of an epoch."""
        return self.budget is not None and self.seconds >= self.budget

    def progress(self, epoch: int, step: int, steps: int) -> float:
        """Returns the part of the training, 0-1, that is done after so many steps of an epoch."""
        if self.budget is None:
            return ((epoch - 1) * steps + step) / (self._settings.epochs * steps)
        return min(1.0, self.seconds / self.budget)

    def last(self, epoch: int) -> bool:
        """Returns whether an epoch just learned is the last, for its number or its time."""
        return epoch >= self._settings.epochs if self.budget is None else self.out_of_time

    def stalled(self, epochs: int, best_epoch: int | None) -> bool:
        """Returns whether the score has not risen for as many epochs as patience allows."""
        patience = self._settings.patience
        return bool(patience) and epochs - (best_epoch or 0) >= patience
