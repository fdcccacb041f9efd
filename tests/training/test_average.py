import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.training.average import INTERVAL, WeightAverage


def network(value=0.0):
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.BatchNormalization()])
    model.set_weights([np.full(1, value)] * 4)
    return model


def test_by_hand():
    """All weights 1, and the average starts at 0; those of the batch statistics count, too."""
    kept = network()
    average = WeightAverage(network(1.0), kept, momentum=0.9)
    expected = 0.0
    for step in range(1, 401):
        average.update()
        if step % INTERVAL == 0:
            momentum = min(0.9, (1 + step) / (10 + step)) ** INTERVAL
            expected = momentum * expected + (1 - momentum)
        weights = np.ravel(kept.get_weights())
        assert weights == pytest.approx([expected] * 4, abs=1e-6)
    average.settle()
    assert np.ravel(kept.get_weights()) == pytest.approx([expected] * 4, abs=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 7])
def test_the_last_steps_are_not_left_out(steps):
    """A training of fewer steps than lie between updates is kept as it was learned, too."""
    kept = network()
    average = WeightAverage(network(1.0), kept, momentum=0.99)
    for _ in range(steps):
        average.update()
    average.settle()
    expected = 1.0
    for end, number in [(INTERVAL, INTERVAL)] * (steps > INTERVAL) + [(steps, steps % INTERVAL)]:
        expected *= ((1 + end) / (10 + end)) ** number
    assert np.ravel(kept.get_weights()) == pytest.approx([1 - expected] * 4, abs=1e-6)
    assert expected < 0.2
    average.settle()  # nothing is taken in twice
    assert np.ravel(kept.get_weights()) == pytest.approx([1 - expected] * 4, abs=1e-6)


def test_without_momentum_the_weights_are_kept_as_they_are():
    kept = network()
    average = WeightAverage(network(3.0), kept, momentum=0)
    for _ in range(8):
        average.update()
    assert not np.any(kept.get_weights())
    average.settle()
    assert np.ravel(kept.get_weights()).tolist() == [3] * 4
