"""Shows the progress of a training: a bar while an epoch lasts, and a line when it ends."""

from collections.abc import Mapping, Sequence
from typing import Any

from tqdm import tqdm

from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.task import TASKS

BAR = "{desc} {percentage:.0f}% {bar}"

NOTABLE_WAIT = 0.1
"""Part of an epoch from which the line says that it was spent waiting for images."""


class EpochBar:
    """A tqdm bar on standard error; off a terminal it stays silent.

    It shows losses, scores, learning rate, images a second and the time left. The text fits a
    terminal of 80 columns; the bar itself takes what is left.

    Args:
        epoch: number of the epoch, from 1.
        epochs: of the training; ``None`` where it ends by the clock.
        steps: of an epoch, of which ``done`` were done before.
        batch_size: images a step.
        history: the lines of the epochs before.
        done: see ``steps``.
    """

    def __init__(
        self,
        epoch: int,
        epochs: int | None,
        steps: int,
        batch_size: int,
        history: Sequence[EpochLine] = (),
        done: int = 0,
    ) -> None:
        # Images from this epoch's start to the training's end.
        self._left = ((epochs or epoch) - epoch + 1) * steps * batch_size
        self._batch_size = batch_size
        scores = [score for line in history if (score := line.get("val_score")) is not None]
        # The last validation's score and the best.
        self._score = [f"val {_short(scores[-1])}/{_short(max(scores))}"] if scores else []
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
        """Moves on by a batch; ``losses`` are the epoch's means so far.

        Without ``seconds_left``, the time left is estimated from the epochs left.
        """
        if self._bar.disable:
            return
        parts = [
            f"{name} {_short(losses[task.section])}"
            for name, task in TASKS.items()
            if task.section in losses
        ]
        mantissa, _, exponent = f"{learning_rate:.1e}".partition("e")
        parts += [*self._score, f"lr {mantissa}e{int(exponent)}"]
        rate = self._bar.format_dict["rate"]
        if rate:
            parts.append(f"{_short(rate)}/s")
        if seconds_left is None and rate:
            seconds_left = (self._left - self._bar.n) / rate
        if seconds_left is not None:
            parts.append(_duration(seconds_left))
        self._bar.bar_format = f"{BAR} {' '.join(parts)}"
        self._bar.update(self._batch_size)


def summary(line: EpochLine, epochs: int | None, improved: bool) -> str:
    """Returns an epoch's line of the history as text, with a star if its model is the best."""
    end = f"/{epochs}" if epochs else ""
    parts = [f"epoch {line['epoch']}{end}", f"loss {line['loss']:.4f}"]
    parts += [
        f"{name.removeprefix('val_')} {value:.3f}"
        for name, value in line.items()
        if name.startswith("val_") and value is not None
    ]
    parts.append(f"{line['images_per_s']:.1f} images/s")
    waited = line["waited"] or 0.0
    if waited >= NOTABLE_WAIT:
        parts.append(f"{waited:.0%} of it waiting for images")
    return "  ".join(parts) + ("  *" if improved else "")


def _short(value: float) -> str:
    """Returns three digits in four characters: .123, 1.23, 12.3, 123."""
    if value < 0.9995:
        return f"{value:.3f}".removeprefix("0")
    places = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{places}f}"


def _duration(seconds: float) -> str:
    """Returns a time in at most six characters: 59s, 12m30s, 3h05m, 2d03h."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days}d{hours_left:02}h"
    if hours:
        return f"{hours}h{minutes_left:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
