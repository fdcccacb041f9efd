"""How far a training has come, and when it ends: by epochs, by the clock, or for want of gain."""

from dataclasses import dataclass

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.state import State

MINUTE = 60.0


@dataclass(frozen=True)
class Pace:
    """Fits a training to its epochs or, where one is set, to its time budget.

    Attributes:
        settings: ``epochs``, ``minutes``, ``patience``.
    """

    settings: TrainingSettings

    def progress(self, state: State, steps: int) -> float:
        """The part of the training that is done, 0-1; the learning rate goes by it.

        Args:
            state: of the training.
            steps: of an epoch.
        """
        if self.settings.minutes is None:
            return ((state.epoch - 1) * steps + state.step) / (self.settings.epochs * steps)
        return min(1.0, state.seconds / self._budget(state))

    def seconds_left(self, state: State) -> float | None:
        """To the end of the time budget, where there is one."""
        return None if self.settings.minutes is None else self._budget(state) - state.seconds

    def out_of_time(self, state: State) -> bool:
        """Whether the time budget ends here, perhaps in the middle of an epoch."""
        return self.settings.minutes is not None and state.seconds >= self._budget(state)

    def last(self, state: State) -> bool:
        """Whether the epoch that was just learned is the last for its number or its time."""
        if self.settings.minutes is None:
            return state.epoch >= self.settings.epochs
        return self.out_of_time(state)

    def stalled(self, state: State, best_epoch: int | None) -> bool:
        """Whether the monitored figure has not risen for as many epochs as patience allows."""
        patience = self.settings.patience
        return bool(patience) and len(state.history) - (best_epoch or 0) >= patience

    def _budget(self, state: State) -> float:
        """Seconds for learning: the last validation still has to fit in."""
        minutes = self.settings.minutes or 0.0
        return max(1e-9, minutes * MINUTE - state.validation_seconds)
