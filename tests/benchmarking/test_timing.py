import numpy as np
import pytest

from auxnet_cli.benchmarking.timing import latency, time_rounds
from auxnet_cli.documents.benchmark import Latency


def test_latency_worked_by_hand():
    # 101 times of 0 to 100 ms: the p-th percentile is p ms.
    times = np.random.default_rng(0).permutation(101) / 1000
    assert latency(times.tolist()) == Latency(median=50.0, p5=5.0, p95=95.0)


def test_no_time_is_refused():
    with pytest.raises(ValueError, match="no time"):
        latency([])


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
