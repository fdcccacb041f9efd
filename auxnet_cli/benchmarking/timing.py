"""Times calls in turn, so that other work of the machine slows all of them alike."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from auxnet_cli.documents.benchmark import Latency

WARM_UP = 3
"""Rounds that do not count: the first traces the graph, the next ones fill caches."""


def latency(seconds: Sequence[float]) -> Latency:
    """Returns the median and the spread of the seconds that each call took.

    Raises:
        ValueError: there are none.
    """
    if not seconds:
        raise ValueError("no time was measured")
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
        after_round()
    return seconds
