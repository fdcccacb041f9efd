"""The bar of an epoch: loss per head, score, learning rate, images a second, time left."""

from collections.abc import Mapping, Sequence
from typing import Any

from tqdm import tqdm

BAR = "{desc} {percentage:.0f}% {bar}"
HEADS = {"classification": "cls", "segmentation": "seg", "detection": "det"}


class EpochBar:
    """A tqdm bar on standard error; off a terminal it stays silent.

    Its text fits a terminal of 80 columns; the bar itself takes what is left.

    Args:
        epoch: number of the epoch, from 1.
        epochs: of the training; none where it ends by the clock.
        steps: of an epoch.
        batch_size: images a step.
        history: the lines of the epochs before.
        done: steps of the epoch that were done before.
    """

    def __init__(
        self,
        epoch: int,
        epochs: int | None,
        steps: int,
        batch_size: int,
        history: Sequence[Mapping[str, Any]] = (),
        done: int = 0,
    ) -> None:
        # Images from this epoch's start to the training's end.
        self._left = ((epochs or epoch) - epoch + 1) * steps * batch_size
        self._batch_size = batch_size
        self._score = _score(history)
        self._bar: tqdm[Any] = tqdm(
            total=steps * batch_size,
            initial=done * batch_size,
            desc=f"{epoch}/{epochs}" if epochs else f"epoch {epoch}",
            disable=None,
            leave=False,
            dynamic_ncols=True,
            bar_format=BAR,
        )

    def __enter__(self) -> "EpochBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def step(
        self,
        losses: Mapping[str, float],
        learning_rate: float,
        seconds_left: float | None = None,
    ) -> None:
        """Move on by a batch.

        Args:
            losses: the epoch's means so far.
            learning_rate: of the batch.
            seconds_left: to the end of a training that ends by the clock; for any other it is
                reckoned from the epochs left.
        """
        if self._bar.disable:
            return
        parts = [
            f"{name} {_figure(losses[head])}" for head, name in HEADS.items() if head in losses
        ]
        parts += [self._score] if self._score else []
        parts.append(f"lr {_power(learning_rate)}")
        rate = self._bar.format_dict["rate"]
        if rate:
            parts.append(f"{_figure(rate)}/s")
        if seconds_left is None and rate:
            seconds_left = (self._left - self._bar.n) / rate
        if seconds_left is not None:
            parts.append(_duration(seconds_left))
        self._bar.bar_format = f"{BAR} {' '.join(parts)}"
        self._bar.update(self._batch_size)


def _score(history: Sequence[Mapping[str, Any]]) -> str:
    """The last validation's score and the best."""
    scores = [line["val_score"] for line in history if line.get("val_score") is not None]
    return f"val {_figure(scores[-1])}/{_figure(max(scores))}" if scores else ""


def _figure(value: float) -> str:
    """Three digits in four characters: .123, 1.23, 12.3, 123."""
    if value < 0.9995:
        return f"{value:.3f}".removeprefix("0")
    places = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{places}f}"


def _power(value: float) -> str:
    """One place in six characters: 1.5e-4."""
    digits, _, exponent = f"{value:.1e}".partition("e")
    return f"{digits}e{int(exponent)}"


def _duration(seconds: float) -> str:
    """In six characters: 59s, 12m30s, 3h05m, 2d03h."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days}d{hours_left:02}h"
    if hours:
        return f"{hours}h{minutes_left:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
