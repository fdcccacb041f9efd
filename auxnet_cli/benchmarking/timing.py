"""Timing of several things against one another on a machine that does other work as well."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

WARM_UP = 3
"""Rounds that are not counted: the first traces the graph, the next fill caches."""


@dataclass(frozen=True)
class Latency:
    """Time of one call, in milliseconds: the median, and what 5 and 95 % of calls stay below."""

    median: float
    p5: float
    p95: float


def latency(seconds: Sequence[float]) -> Latency:
    """Median and spread of measured times.

    Args:
        seconds: a time each call.

    Raises:
        ValueError: there is none.
    """
    if not seconds:
        raise ValueError("no time was measured")
    p5, median, p95 = np.percentile(np.asarray(seconds) * 1000, [5, 50, 95]).tolist()
    return Latency(round(median, 3), round(p5, 3), round(p95, 3))


def time_rounds(
    calls: Sequence[Callable[[], object]],
    runs: int,
    warm_up: int = WARM_UP,
    clock: Callable[[], float] = time.perf_counter,
    after_round: Callable[[], object] | None = None,
) -> list[list[float]]:
    """Time calls in turn, round after round, so that the machine's drift meets all alike.

    Each round begins with another call, since one may profit from what the one before it left in
    the caches.

    Args:
        calls: what to time.
        runs: rounds that count.
        warm_up: rounds before them.
        clock: gives seconds.
        after_round: called after each round that counts.

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
        if after_round is not None:
            after_round()
    return seconds
