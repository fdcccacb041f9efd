"""Schedules learning rate and momentum over a training: one cycle, or constant for comparison."""

import math

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.checkpoint import Stateful

START, END = 25.0, 1e4
"""The rate begins at peak / 25 and ends at peak / 10,000."""
MOMENTA = (0.95, 0.85)
CONSTANT_MOMENTUM = 0.9


class Schedule(Stateful):
    """The one-cycle policy (L. N. Smith, 2018), or a constant rate.

    The rate rises by half a cosine to its peak and falls by half a cosine. Momentum (Adam's β1)
    falls from 0.95 to 0.85 while the rate rises, and returns as it falls (section 4.3 there). The
    highest rate, ``peak``, is ``None`` until a range test has found it.
    """

    STATE = ("peak",)

    def __init__(self, settings: TrainingSettings) -> None:
        self.peak = None if settings.find_lr else settings.learning_rate
        self._settings = settings

    def rate(self, progress: float) -> float:
        """Returns the learning rate where a part of the training, 0-1, is done."""
        peak = self.peak or self._settings.learning_rate
        if self._settings.policy == "constant":
            return peak
        return self._cycle(progress, peak / START, peak, peak / END)

    def momentum(self, progress: float) -> float:
        """Returns Adam's β1 where a part of the training, 0-1, is done."""
        if self._settings.policy == "constant":
            return CONSTANT_MOMENTUM
        high, low = MOMENTA
        return self._cycle(progress, high, low, high)

    def _cycle(self, progress: float, start: float, middle: float, end: float) -> float:
        warm_up = self._settings.warm_up
        if progress < warm_up:
            return _cosine(start, middle, progress / warm_up)
        rest = 1 - warm_up
        return _cosine(middle, end, min(1.0, (progress - warm_up) / rest) if rest > 0 else 1.0)


def _cosine(first: float, last: float, part: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * part)) / 2
