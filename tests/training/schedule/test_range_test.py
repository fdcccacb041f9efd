import math
from types import SimpleNamespace

import numpy as np
import pytest

from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.schedule.learning_rate import Schedule
from auxnet_cli.training.schedule.range_test import HIGH, LOW, STEPS, range_test


class Loop:
    """A training whose loss is a function of its learning rate."""

    def __init__(self, loss, accumulate=1):
        self.settings = TrainingSettings(learning_rate=1.0, accumulate=accumulate)
        self.schedule = Schedule(self.settings)
        self.batches = SimpleNamespace(epoch=lambda number: iter([(number, {})] * 7))
        self.calls, self.events = [], []
        self.checkpoint = SimpleNamespace(
            save=lambda: self.events.append("save"), load=lambda: self.events.append("load")
        )
        self._loss = loss

    def learn(self, batch, rate, momentum):
        assert momentum == 0.95
        self.calls.append((batch[0], rate))
        return {"loss": self._loss(rate)}


def valley(rate):
    """Smallest at 10⁻²."""
    return 1 + (math.log10(rate) + 2) ** 2


def test_the_peak_is_a_tenth_of_the_rate_at_the_minimum():
    loop = Loop(valley)
    tested = range_test(loop)
    rates = np.array([rate for _, rate in loop.calls])
    assert rates[0] == LOW
    factors = rates[1:] / rates[:-1]
    assert factors == pytest.approx([(HIGH / LOW) ** (1 / (STEPS - 1))] * len(factors))
    # The loss is smoothed, by hand:
    mean, smooth = 0.0, []
    for step, rate in enumerate(tested.rates):
        mean = 0.9 * mean + 0.1 * valley(rate)
        smooth.append(mean / (1 - 0.9 ** (step + 1)))
    assert tested.losses == pytest.approx(smooth)
    assert tested.peak == pytest.approx(tested.rates[int(np.argmin(smooth))] / 10)
    assert 1e-3 < tested.peak < 1e-2


def test_a_loss_that_keeps_falling_asks_for_no_rate_that_adam_cannot_take():
    """As the Dice loss does when large rates drive the answer to a constant."""
    tested = range_test(Loop(lambda rate: 1 - 0.1 * math.log10(rate)))
    assert tested.peak == pytest.approx(0.01)


def test_a_rate_is_judged_by_all_batches_of_its_step():
    """With fewer rates than steps of the optimizer the weights would not move between them."""
    once, thrice = Loop(valley), Loop(valley, accumulate=3)
    assert range_test(thrice).losses == pytest.approx(range_test(once).losses)
    rates = [rate for _, rate in thrice.calls]
    assert rates == [rate for _, rate in once.calls for _ in range(3)]


def test_it_ends_where_the_loss_bursts_and_puts_the_state_back():
    loop = Loop(lambda rate: 1.0 if rate < 1e-2 else 1e9)
    tested = range_test(loop)
    assert len(tested.rates) < len(loop.calls) < STEPS
    assert max(tested.rates) < 1e-2 * 1.2
    assert loop.events == ["save", "load"]
    # Epoch after epoch of the same data as the training's.
    assert [images for images, _ in loop.calls][:15] == [1] * 7 + [2] * 7 + [3]


def test_a_loss_that_is_no_number_ends_it():
    tested = range_test(Loop(lambda rate: valley(rate) if rate < 1e-3 else float("nan")))
    assert max(tested.rates) < 1e-3
    assert tested.peak == pytest.approx(tested.rates[-1] / 10)


def test_a_loss_that_is_no_number_at_once():
    loop = Loop(lambda rate: float("nan"))
    with pytest.raises(AuxnetError, match="no number from the first steps on"):
        range_test(loop)
    assert loop.events[-1] == "load"
