"""The bar of an epoch: loss per head, images a second, time left of epoch and training."""

from collections.abc import Mapping
from typing import Any

from tqdm import tqdm


class EpochBar:
    """A tqdm bar on standard error; off a terminal it stays silent.

    Args:
        epoch: number of the epoch, from 1.
        epochs: of the training.
        steps: of an epoch.
        batch_size: images a step.
    """

    def __init__(self, epoch: int, epochs: int, steps: int, batch_size: int) -> None:
        # Images from this epoch's start to the training's end.
        self._left = (epochs - epoch + 1) * steps * batch_size
        self._batch_size = batch_size
        self._bar: tqdm[Any] = tqdm(
            total=steps * batch_size,
            desc=f"epoch {epoch}/{epochs}",
            unit="img",
            disable=None,
            leave=False,
            dynamic_ncols=True,
        )

    def __enter__(self) -> "EpochBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def step(self, losses: Mapping[str, float]) -> None:
        """Move on by a batch; ``losses`` are the epoch's means so far."""
        if self._bar.disable:
            return
        shown = {name[:3]: f"{float(loss):.3f}" for name, loss in losses.items() if name != "loss"}
        shown = {"loss": f"{float(losses['loss']):.3f}", **shown}
        rate = self._bar.format_dict["rate"]
        if rate:
            shown["all"] = tqdm.format_interval((self._left - self._bar.n) / rate)
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(self._batch_size)
