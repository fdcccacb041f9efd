"""The one-cycle policy: the learning rate rises to its peak and falls to almost nothing."""

from typing import Any

from auxnet_cli.backend import keras, ops

START, END = 25.0, 1e4


@keras.saving.register_keras_serializable("auxnet")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Half a cosine up from peak / 25, half a cosine down to peak / 10,000 (L. N. Smith, 2018).

    Args:
        peak: highest learning rate.
        steps: steps of the whole training; the rate stays at its end beyond them.
        warm_up: part of the steps in which it rises, 0-1.
    """

    def __init__(self, peak: float, steps: int, warm_up: float) -> None:
        self.peak, self.steps, self.warm_up = peak, steps, warm_up

    def __call__(self, step: Any) -> Any:
        """The rate of a step, counted from 0."""
        rise = max(1.0, self.warm_up * self.steps)
        fall = max(1.0, self.steps - rise)
        step = ops.cast(step, "float32")
        up = _cosine(self.peak / START, self.peak, ops.clip(step / rise, 0, 1))
        down = _cosine(self.peak, self.peak / END, ops.clip((step - rise) / fall, 0, 1))
        return ops.where(step < rise, up, down)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the schedule."""
        return {"peak": self.peak, "steps": self.steps, "warm_up": self.warm_up}


def _cosine(first: float, last: float, part: Any) -> Any:
    return last + (first - last) * (1 + ops.cos(part * 3.141592653589793)) / 2
