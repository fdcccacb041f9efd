"""Ratios of times that were measured in turn, each with a bootstrap interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

REPLICATES = 2000
SEED = 0
FEWEST = 5
"""Rounds below which there is no interval: few drawn anew say nothing of the spread."""


@dataclass(frozen=True)
class Ratio:
    """A ratio, and the interval that holds the true one in 95 % of such measurements.

    Attributes:
        value: the ratio.
        interval: its 95 % interval; ``None`` of fewer rounds than ``FEWEST``.
    """

    value: float
    interval: tuple[float, float] | None


def ratio(
    above: Sequence[ArrayLike],
    below: Sequence[ArrayLike],
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Ratio:
    """The ratio of two sums of median times.

    The bootstrap draws whole rounds, the same for all that was timed in them: what slowed a round
    down slowed all of it, and must not be taken for a difference.

    Args:
        above: the seconds of each thing whose medians are summed above the line, one a round.
        below: those below the line; the rounds are the same.
        replicates: times that the rounds are drawn anew.
        seed: of the drawing.

    Raises:
        ValueError: nothing stands on one side, there is no round, or the rounds differ in number.
    """
    top, bottom = _rounds(above), _rounds(below)
    rounds = top.shape[1]
    if bottom.shape[1] != rounds:
        raise ValueError(f"{rounds} rounds above the line, and {bottom.shape[1]} below it")
    value = float(_sums(top) / _sums(bottom))
    if rounds < FEWEST:
        return Ratio(value, None)
    drawn = np.random.default_rng(seed).integers(rounds, size=(replicates, rounds))
    found = _sums(top[:, drawn]) / _sums(bottom[:, drawn])
    low, high = np.percentile(found, [2.5, 97.5]).tolist()
    return Ratio(value, (low, high))


def _rounds(times: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """As an array (things, rounds)."""
    found = np.asarray(times, np.float64)
    if found.ndim != 2 or not found.size:
        raise ValueError("nothing was timed")
    return found


def _sums(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Medians over the rounds, the last axis, summed over the things, the first."""
    return np.asarray(np.median(times, axis=-1).sum(axis=0))
