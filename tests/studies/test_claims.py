import numpy as np
import pytest

from auxnet_cli.studies.claims import judge, with_seeds


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((0.001, 0.2), "reproduced"),
        ((-0.2, -0.001), "not reproduced"),
        ((-0.004, 0.004), "too close to call"),
        ((-0.004, 0.006), "these data cannot tell"),
        ((-0.2, 0.004), "these data cannot tell"),
        (None, "these data cannot tell"),
    ],
)
def test_verdicts(interval, verdict):
    assert judge(interval, margin=0.005) == verdict


def test_one_seed_adds_nothing():
    assert with_seeds(0.1, (0.02, 0.15), [0.1]) == (0.02, 0.15)


def test_seeds_widen_the_interval_by_hand():
    """Of .08, .10 and .12: s = .02, and t with two degrees of freedom is 4.303."""
    low, high = with_seeds(0.1, (0.07, 0.14), [0.08, 0.10, 0.12])
    added = 4.303 * 0.02 / np.sqrt(3)
    assert low == pytest.approx(0.1 - np.hypot(0.03, added), abs=1e-4)
    assert high == pytest.approx(0.1 + np.hypot(0.04, added), abs=1e-4)


def test_seeds_that_agree_add_nothing():
    assert with_seeds(0.1, (0.07, 0.14), [0.1, 0.1]) == pytest.approx((0.07, 0.14))
