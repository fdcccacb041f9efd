import math

import numpy as np
import pytest

from auxnet_cli.training.schedule.one_cycle import Constant, OneCycle


def test_by_hand():
    """20 % up from 1 / 25 to 1, 80 % down to 1 / 10,000; half a cosine each."""
    policy = OneCycle(1.0, 0.2)
    found = [policy.rate(progress) for progress in (0, 0.1, 0.2, 0.6, 1.0)]
    assert found == pytest.approx([0.04, 0.52, 1.0, (1 + 1e-4) / 2, 1e-4], rel=1e-6)
    quarter = 0.04 + 0.96 * (1 - math.cos(math.pi / 4)) / 2
    assert policy.rate(0.05) == pytest.approx(quarter)
    momenta = [policy.momentum(progress) for progress in (0, 0.1, 0.2, 0.6, 1.0)]
    assert momenta == pytest.approx([0.95, 0.9, 0.85, 0.9, 0.95])


def test_the_rate_rises_and_falls_once_and_momentum_goes_against_it():
    policy = OneCycle(0.01, 0.3)
    steps = np.linspace(0, 1, 61)
    rates = np.array([policy.rate(step) for step in steps])
    momenta = np.array([policy.momentum(step) for step in steps])
    assert rates.argmax() == momenta.argmin() == 18
    assert rates.max() == pytest.approx(0.01)
    for part, sign in ((slice(None, 19), 1), (slice(18, None), -1)):
        assert (sign * np.diff(rates[part]) > 0).all()
        assert (sign * np.diff(momenta[part]) < 0).all()


@pytest.mark.parametrize("warm_up", [0.0, 1.0])
def test_extremes_stay_between_their_ends(warm_up):
    policy = OneCycle(1.0, warm_up)
    for progress in np.linspace(0, 1.2, 25):
        assert 1e-4 * (1 - 1e-9) <= policy.rate(progress) <= 1
        assert 0.85 <= policy.momentum(progress) <= 0.95


def test_a_constant_rate_stays():
    policy = Constant(0.02)
    assert {policy.rate(progress) for progress in (0, 0.5, 1)} == {0.02}
    assert {policy.momentum(progress) for progress in (0, 0.5, 1)} == {0.9}
