import numpy as np
import pytest

from auxnet_cli.benchmarking.latency_ratio import FEWEST, Ratio, latency_ratio


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


def test_the_same_seed_gives_the_same_interval():
    times = np.random.default_rng(0).lognormal(size=(2, 20))
    assert latency_ratio(times[:1], times[1:]) == latency_ratio(times[:1], times[1:])
    assert latency_ratio(times[:1], times[1:]) != latency_ratio(times[:1], times[1:], seed=1)


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


@pytest.mark.parametrize(
    ("above", "below", "says"),
    [
        ([], [[1]], "nothing was timed"),
        ([[]], [[]], "nothing was timed"),
        ([[1, 2]], [[1]], "2 rounds above the line, and 1 below"),
    ],
)
def test_what_has_no_ratio(above, below, says):
    with pytest.raises(ValueError, match=says):
        latency_ratio(above, below)
