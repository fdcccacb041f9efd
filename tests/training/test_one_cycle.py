import math

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.training.one_cycle import OneCycle


def rates(schedule, *steps):
    return [float(schedule(step)) for step in steps]


def test_by_hand():
    """100 steps: 20 up from 1 / 25 to 1, 80 down to 1 / 10,000; half a cosine each."""
    found = rates(OneCycle(1.0, 100, 0.2), 0, 10, 20, 60, 100)
    assert found == pytest.approx([0.04, 0.52, 1.0, (1 + 1e-4) / 2, 1e-4], rel=1e-4)
    quarter = 0.04 + 0.96 * (1 - math.cos(math.pi / 4)) / 2
    assert rates(OneCycle(1.0, 100, 0.2), 5) == pytest.approx([quarter], rel=1e-4)


def test_it_rises_and_falls_once_and_then_stays():
    schedule = OneCycle(0.01, 60, 0.3)
    found = np.array(rates(schedule, *range(80)))
    assert found.argmax() == 18
    assert found.max() == pytest.approx(0.01)
    assert (np.diff(found[:19]) > 0).all()
    assert (np.diff(found[18:61]) < 0).all()
    assert found[60:] == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize("warm_up", [0.0, 1.0])
@pytest.mark.parametrize("steps", [1, 2, 50])
def test_extremes_stay_between_their_ends(warm_up, steps):
    found = np.array(rates(OneCycle(1.0, steps, warm_up), *range(steps + 2)))
    assert np.isfinite(found).all()
    assert found.min() >= 1e-4 * (1 - 1e-3)
    assert found.max() <= 1 + 1e-6


def test_an_optimizer_with_it_can_be_rebuilt():
    optimizer = keras.optimizers.Adam(OneCycle(0.1, 40, 0.25))
    document = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(document, safe_mode=True)
    schedule = again.get_config()["learning_rate"]
    assert schedule["config"] == {"peak": 0.1, "steps": 40, "warm_up": 0.25}
    assert float(again.learning_rate) == pytest.approx(0.1 / 25)
