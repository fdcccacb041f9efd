"""Computes ratios of latencies that were measured in the same rounds, with bootstrap intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

REPLICATES = 2000
SEED = 0
FEWEST = 5
"""Rounds below which there is no interval: resampling a few says nothing about the spread."""


class Ratio(NamedTuple):
    """A ratio and its 95 % interval, which is ``None`` for fewer rounds than ``FEWEST``."""

    value: float
    interval: tuple[float, float] | None


def latency_ratio(
    numerator: Sequence[ArrayLike],
    denominator: Sequence[ArrayLike],
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Ratio:
    """Returns the ratio of two sums of median times.

    The bootstrap draws whole rounds, the same ones for all calls: what slowed a round down slowed
    all of its calls, and must not be taken for a difference between them.

    Args:
        numerator: seconds of each call above the line, one a round.
        denominator: seconds of each call below the line, in the same rounds.
        replicates: times that the rounds are drawn.
        seed: of the drawing.

    Raises:
        ValueError: one side is empty, or the sides differ in their number of rounds.
    """
    above, below = _as_array(numerator), _as_array(denominator)
    rounds = above.shape[1]
    if below.shape[1] != rounds:
        raise ValueError(f"{rounds} rounds above the line, and {below.shape[1]} below it")
    value = float(_sum_of_medians(above) / _sum_of_medians(below))
    if rounds < FEWEST:
        return Ratio(value, None)
    drawn = np.random.default_rng(seed).integers(rounds, size=(replicates, rounds))
    ratios = _sum_of_medians(above[:, drawn]) / _sum_of_medians(below[:, drawn])
    low, high = np.percentile(ratios, [2.5, 97.5]).tolist()
    return Ratio(value, (low, high))


def _as_array(times: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Returns an array (calls, rounds)."""
    array = np.asarray(times, np.float64)
    if array.ndim != 2 or not array.size:
        raise ValueError("nothing was timed")
    return array


def _sum_of_medians(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums the medians over the last axis, the rounds, over the first axis, the calls."""
    return np.asarray(np.median(times, axis=-1).sum(axis=0))
