"""Averages the weights of the network in training; the average is what is validated and kept."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from auxnet_cli.backend import compiled, keras, ops
from auxnet_cli.training.checkpoint import Stateful

INTERVAL = 4
"""Steps between updates: going through all weights would cost some hundredths of each step."""


class WeightAverage(Stateful):
    """Exponential moving average of all weights, batch statistics included.

    A second network holds the average in full precision; the one in training may compute in half
    precision.

    The state is the number of steps, and of those since the last update; the checkpoint keeps the
    weights themselves as variables.

    Args:
        network: the one in training.
        kept: a copy with 32-bit weights, which receives the average.
        momentum: m of kept ← m·kept + (1 − m)·weights for a step; four steps are taken at once,
            with m⁴. It grows as (1 + t) / (10 + t) with the steps t, so that the first random
            weights are soon forgotten. 0 keeps the weights as they are.
        value: reads a weight of the network in training.
    """

    STATE = ("steps", "pending")

    def __init__(
        self,
        network: keras.Model,
        kept: keras.Model,
        momentum: float,
        value: Callable[[keras.Variable], Any] = attrgetter("value"),
    ) -> None:
        self.steps = self.pending = 0
        self._pairs = list(zip(kept.weights, network.weights, strict=True))
        self._momentum = momentum
        self._value = value
        # Weight by weight, the calls would cost more than the sums.
        self._blend = compiled(_blend)

    def update(self) -> None:
        """Counts a step of the training; each fourth updates the average."""
        self.steps += 1
        self.pending += 1
        if self._momentum and self.pending == INTERVAL:
            self._take_pending()

    def settle(self) -> None:
        """Makes the average ready to be validated and saved: it includes the last steps."""
        if self._momentum and self.pending:
            self._take_pending()
        if not self._momentum:
            for kept, weight in self._pairs:
                # A copy: JAX donates the arrays that a step starts from.
                kept.assign(ops.copy(self._value(weight)))

    def _take_pending(self) -> None:
        momentum = min(self._momentum, (1 + self.steps) / (10 + self.steps)) ** self.pending
        share = ops.convert_to_tensor(1 - momentum, "float32")
        now = [self._value(weight) for _, weight in self._pairs]
        before = [kept.value for kept, _ in self._pairs]
        for (kept, _), value in zip(self._pairs, self._blend(before, now, share), strict=True):
            kept.assign(value)
        self.pending = 0


def _blend(before: Sequence[Any], now: Sequence[Any], share: Any) -> list[Any]:
    return [old + (new - old) * share for old, new in zip(before, now, strict=True)]
