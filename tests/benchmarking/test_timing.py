import numpy as np
import pytest

from auxnet_cli.benchmarking.timing import FEWEST, Ratio, latency, latency_ratio, time_rounds
from auxnet_cli.documents.benchmark import Latency


def test_latency_worked_by_hand():
    # 101 times of 0 to 100 ms: the p-th percentile is p ms.
    times = np.random.default_rng(0).permutation(101) / 1000
    assert latency(times.tolist()) == Latency(median=50.0, p5=5.0, p95=95.0)


class Stage:
    """A clock that only the calls move, and a record of who was called."""

    def __init__(self):
        self.now, self.called = 0.0, []

    def call(self, name, seconds):
        def run():
            self.called.append(name)
            self.now += seconds

        return run


def test_rounds_are_interleaved_and_begin_with_another_call():
    stage, ends = Stage(), []
    calls = [stage.call("a", 1), stage.call("b", 2), stage.call("c", 3)]
    seconds = time_rounds(
        calls,
        runs=4,
        warm_up=2,
        clock=lambda: stage.now,
        after_round=lambda: ends.append(stage.now),
    )
    assert "".join(stage.called) == "abcabc" + "abc" + "bca" + "cab" + "abc"
    assert seconds == [[1.0] * 4, [2.0] * 4, [3.0] * 4]
    assert ends == [18.0, 24.0, 30.0, 36.0]


def test_drift_meets_all_alike():
    # A machine that slows down all the time: equal calls come out nearly equal.
    now, step = 0.0, 1.0

    def work():
        nonlocal now, step
        now, step = now + step, step * 1.01

    first, second = time_rounds([work, work], runs=40, warm_up=0, clock=lambda: now)
    assert sum(first) == pytest.approx(sum(second), rel=0.005)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        # Medians: 2 above; 3 and 5 below. Too few rounds for an interval.
        ([[1, 2, 9]], [[3, 3, 4], [5, 4, 7]], Ratio(2 / 8, None)),
        ([[2.0] * FEWEST], [[1.0] * FEWEST, [3.0] * FEWEST], Ratio(0.5, (0.5, 0.5))),
    ],
)
def test_worked_by_hand(above, below, expected):
    assert latency_ratio(above, below) == expected


def test_what_slows_a_whole_round_down_is_no_difference():
    slow = np.array([1, 1.3, 2, 1.1, 5, 1, 1.7, 4])
    low, high = latency_ratio([0.6 * slow], [slow]).interval
    assert low == pytest.approx(0.6) == high


def test_the_interval_is_repeatable():
    times = np.random.default_rng(0).lognormal(size=(2, 20))
    assert latency_ratio(times[:1], times[1:]) == latency_ratio(times[:1], times[1:])


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Four networks on a machine whose speed changes from round to round."""
    rng, holds, repeats = np.random.default_rng(0), 0, 200
    for _ in range(repeats):
        machine = rng.lognormal(sigma=0.2, size=30)
        times = np.array([[0.2], [0.05], [0.1], [0.25]]) * machine
        times *= rng.lognormal(sigma=0.05, size=times.shape)
        low, high = latency_ratio(times[:1], times[1:], replicates=300).interval
        holds += low <= 0.5 <= high
    assert 0.9 <= holds / repeats <= 1
