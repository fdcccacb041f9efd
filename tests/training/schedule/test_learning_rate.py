import math

import numpy as np
import pytest

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.schedule.learning_rate import Schedule


def one_cycle(peak, warm_up):
    return Schedule(TrainingSettings(learning_rate=peak, warm_up=warm_up))


def test_by_hand():
    """20 % up from 1 / 25 to 1, 80 % down to 1 / 10,000; half a cosine each."""
    policy = one_cycle(1.0, 0.2)
    rates = [policy.rate(progress) for progress in (0, 0.1, 0.2, 0.6, 1.0)]
    assert rates == pytest.approx([0.04, 0.52, 1.0, (1 + 1e-4) / 2, 1e-4], rel=1e-6)
    quarter = 0.04 + 0.96 * (1 - math.cos(math.pi / 4)) / 2
    assert policy.rate(0.05) == pytest.approx(quarter)
    momenta = [policy.momentum(progress) for progress in (0, 0.1, 0.2, 0.6, 1.0)]
    assert momenta == pytest.approx([0.95, 0.9, 0.85, 0.9, 0.95])


@pytest.mark.parametrize("warm_up", [0.0, 1.0])
def test_extremes_stay_between_their_ends(warm_up):
    policy = one_cycle(1.0, warm_up)
    for progress in np.linspace(0, 1.2, 25):
        assert 1e-4 * (1 - 1e-9) <= policy.rate(progress) <= 1
        assert 0.85 <= policy.momentum(progress) <= 0.95


def test_a_constant_rate_stays():
    policy = Schedule(TrainingSettings(learning_rate=0.02, policy="constant"))
    assert {policy.rate(progress) for progress in (0, 0.5, 1)} == {0.02}
    assert {policy.momentum(progress) for progress in (0, 0.5, 1)} == {0.9}


def test_a_peak_that_is_to_be_found_is_unknown_until_it_is_taken_up():
    policy = Schedule(TrainingSettings(find_lr=True, warm_up=0.2))
    assert policy.state_dict() == {"peak": None}
    policy.load_state_dict({"peak": 0.5})
    assert policy.rate(0.2) == 0.5
