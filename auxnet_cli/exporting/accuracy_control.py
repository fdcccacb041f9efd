"""Accuracy control: which parts of a network stay in fp32, so that int8 costs little accuracy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.errors import AuxnetError

LIMITS = {"accuracy": 0.005, "dice": 0.005, "map": 0.01}
"""How far each figure may fall on the validation split."""

OUTPUTS = {
    "accuracy": ("classification",),
    "dice": ("segmentation",),
    "map": ("detection_scores", "detection_boxes"),
}
"""The network's outputs that each figure is made of."""

# Room for the last digit: 0.805 less 0.8 is a little more than 0.005.
_ROUNDING = 1e-9


class AccuracyError(AuxnetError):
    """Quantising costs too much accuracy, whatever stays in fp32."""


@dataclass(frozen=True)
class Trial:
    """A network that was quantised but for some parts, and what that costs.

    Attributes:
        path: the artefact.
        kept: the parts that stayed in fp32.
        scores: as :func:`auxnet_cli.exporting.parity.changes` gives them; ``None`` where an output
            is no number.
        verdicts_changed: images with another verdict.
    """

    path: Path
    kept: tuple[str, ...]
    scores: dict[str, Any] | None
    verdicts_changed: int = 0

    @property
    def falls(self) -> dict[str, float]:
        """How far each figure that has a limit falls, in limits: up to 1 is allowed."""
        if self.scores is None:
            return dict.fromkeys(LIMITS, float("inf"))
        return {
            figure: -self.scores[figure]["change"] / limit
            for figure, limit in LIMITS.items()
            if self.scores[figure] is not None
        }

    @property
    def worst(self) -> float:
        """The farthest of these falls."""
        return max(self.falls.values())

    @property
    def passed(self) -> bool:
        """Whether all figures are within their limits."""
        return self.worst <= 1 + _ROUNDING

    @property
    def summary(self) -> str:
        """The figures' changes, in words."""
        if self.scores is None:
            return "an output is not a number"
        return ", ".join(f"{figure} {self.scores[figure]['change']:+.4f}" for figure in self.falls)


def control_accuracy(
    attempt: Callable[[tuple[str, ...]], Trial],
    parts: Sequence[str],
    kept: Sequence[str],
    say: Callable[[str], None],
) -> Trial:
    """Leave parts in fp32, one more at a time, until the accuracy is kept.

    First those stay that help, each tried once; the outputs and heads of the figures that fall come
    before the encoder, which is most of the time. If that is not enough, the others follow.

    Args:
        attempt: quantises the network but for some parts, and measures it.
        parts: of the network, from the input to the outputs.
        kept: those that stay from the start.
        say: tells the user.

    Returns:
        The first trial within the limits.

    Raises:
        AccuracyError: there is none; it says what the last one costs.
    """
    best = attempt(tuple(part for part in parts if part in kept))
    for sure in (False, True):
        for part in _order(parts, best):
            if best.passed:
                return best
            if part in best.kept or len(best.kept) + 1 == len(parts):
                continue  # with all in fp32 nothing would be int8
            say(f"In int8 {best.summary}: trying with {part} in fp32.")
            tried = attempt((*best.kept, part))
            if sure or tried.worst < best.worst:
                best = tried
    if best.passed:
        return best
    raise AccuracyError(best.summary)


def _order(parts: Sequence[str], trial: Trial) -> list[str]:
    """The parts in the order in which they are tried."""
    failing = [figure for figure, fall in trial.falls.items() if fall > 1 + _ROUNDING]
    outputs = tuple(output for figure in failing for output in OUTPUTS[figure])
    heads = [part for part in parts if part.startswith(outputs)][::-1] if outputs else []
    of_others = tuple(output for own in OUTPUTS.values() for output in own)
    shared = [part for part in parts if not part.startswith(of_others)]
    return [*heads, *shared, *(part for part in parts if part not in {*heads, *shared})]
