"""Times calls in turn, so that other work of the machine slows all alike, and compares them."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auxnet_cli.documents.benchmark import Latency

WARM_UP = 3
"""Rounds that do not count: the first traces the graph, the next ones fill caches."""

REPLICATES = 2000
SEED = 0
FEWEST = 5
"""Rounds below which there is no interval: resampling a few says nothing about the spread."""


def latency(seconds: Sequence[float]) -> Latency:
    """Returns the median and the spread of the seconds that each call took."""
    p5, median, p95 = np.percentile(np.asarray(seconds) * 1000, [5, 50, 95]).tolist()
    return Latency(median=round(median, 3), p5=round(p5, 3), p95=round(p95, 3))


def time_rounds(
    calls: Sequence[Callable[[], object]],
    runs: int,
    warm_up: int = WARM_UP,
    clock: Callable[[], float] = time.perf_counter,
    after_round: Callable[[], object] = lambda: None,
) -> list[list[float]]:
    """Times calls in turn, round after round.

    Each round begins with another call, since a call may profit from what the previous one left in
    the caches. ``runs`` rounds count, after each of which ``after_round`` is called.

    Returns:
        The seconds of each round, for each call.
    """
    for _ in range(warm_up):
        for call in calls:
            call()
    seconds: list[list[float]] = [[] for _ in calls]
    for number in range(runs):
        for offset in range(len(calls)):
            index = (number + offset) % len(calls)
            start = clock()
            calls[index]()
            seconds[index].append(clock() - start)
        after_round()
    return seconds


class Ratio(NamedTuple):
    """A ratio and its 95 % interval, which is ``None`` for fewer rounds than ``FEWEST``."""

    value: float
    interval: tuple[float, float] | None


def latency_ratio(
    numerator: Sequence[ArrayLike],
    denominator: Sequence[ArrayLike],
    replicates: int = REPLICATES,
) -> Ratio:
    """Returns the ratio of two sums of median times.

    The bootstrap draws whole rounds, the same ones for all calls: what slowed a round down slowed
    all of its calls, and must not be taken for a difference between them. Above and below the line
    each call has its seconds, one a round, of the same rounds.
    """
    above, below = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    rounds = above.shape[1]
    value = float(_sum_of_medians(above) / _sum_of_medians(below))
    if rounds < FEWEST:
        return Ratio(value, None)
    drawn = np.random.default_rng(SEED).integers(rounds, size=(replicates, rounds))
    ratios = _sum_of_medians(above[:, drawn]) / _sum_of_medians(below[:, drawn])
    low, high = np.percentile(ratios, [2.5, 97.5]).tolist()
    return Ratio(value, (low, high))


def _sum_of_medians(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums the medians over the last axis, the rounds, over the first axis, the calls."""
    return np.asarray(np.median(times, axis=-1).sum(axis=0))
