"""The one-cycle policy: the learning rate rises to its peak and falls; momentum goes against it."""

import math
from dataclasses import dataclass

START, END = 25.0, 1e4
MOMENTA = (0.95, 0.85)


@dataclass(frozen=True)
class OneCycle:
    """Half a cosine up from peak / 25, half a cosine down to peak / 10,000 (L. N. Smith, 2018).

    Momentum (Adam's β1) falls from 0.95 to 0.85 while the rate rises, and comes back as it falls
    (section 4.3 there).

    Attributes:
        peak: highest learning rate.
        warm_up: part of the training in which it rises, 0-1.
    """

    peak: float
    warm_up: float

    def rate(self, progress: float) -> float:
        """The learning rate at ``progress``, the part of the training that is done, 0-1."""
        if progress < self.warm_up:
            return _cosine(self.peak / START, self.peak, progress / self.warm_up)
        return _cosine(self.peak, self.peak / END, self._fallen(progress))

    def momentum(self, progress: float) -> float:
        """Adam's β1 at ``progress``."""
        calm, lively = MOMENTA
        if progress < self.warm_up:
            return _cosine(calm, lively, progress / self.warm_up)
        return _cosine(lively, calm, self._fallen(progress))

    def _fallen(self, progress: float) -> float:
        fall = 1 - self.warm_up
        return min(1.0, (progress - self.warm_up) / fall) if fall > 0 else 1.0


@dataclass(frozen=True)
class Constant:
    """The same rate from the first step to the last, for comparison; momentum stays at 0.9."""

    peak: float

    def rate(self, progress: float) -> float:
        """The learning rate."""
        del progress
        return self.peak

    def momentum(self, progress: float) -> float:
        """Adam's β1."""
        del progress
        return 0.9


Policy = OneCycle | Constant


def _cosine(first: float, last: float, part: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * part)) / 2
