"""Decides which parts of a network stay in fp32, so that int8 costs little accuracy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.documents.parity import ScoreChange
from auxnet_cli.errors import AuxnetError
from auxnet_cli.exporting.parity import SCORES

LIMITS = {"accuracy": 0.005, "dice": 0.005, "map": 0.01}
"""How far each score may fall on the validation split."""

# Room for the last digit: 0.805 less 0.8 is a little more than 0.005.
_ROUNDING = 1e-9


class AccuracyError(AuxnetError):
    """Quantising costs too much accuracy, whatever stays in fp32."""


@dataclass(frozen=True)
class Trial:
    """A network that was quantised except for some parts, and what that costs.

    Attributes:
        kept: the parts that stayed in fp32.
        scores: by name, see ``parity.score_changes``; ``None`` where an output is not a number.
        verdicts_changed: images with another verdict.
    """

    path: Path
    kept: tuple[str, ...]
    scores: Mapping[str, ScoreChange | None] | None
    verdicts_changed: int = 0

    @property
    def changes(self) -> dict[str, float]:
        """The change of each score that has a limit and is known."""
        scores = self.scores or {}
        known = {name: scores.get(name) for name in LIMITS}
        return {name: score.change for name, score in known.items() if score is not None}

    @property
    def falls(self) -> dict[str, float]:
        """How far each score falls, in limits: up to 1 is allowed."""
        if self.scores is None:
            return dict.fromkeys(LIMITS, float("inf"))
        return {name: -change / LIMITS[name] for name, change in self.changes.items()}

    @property
    def worst(self) -> float:
        """The farthest fall, in limits."""
        return max(self.falls.values())

    @property
    def passed(self) -> bool:
        """Whether all scores are within their limits."""
        return self.worst <= 1 + _ROUNDING

    @property
    def summary(self) -> str:
        """The changes of the scores, in words."""
        if self.scores is None:
            return "an output is not a number"
        return ", ".join(f"{name} {change:+.4f}" for name, change in self.changes.items())


def control_accuracy(
    attempt: Callable[[tuple[str, ...]], Trial],
    parts: Sequence[str],
    kept: Sequence[str],
    say: Callable[[str], None],
) -> Trial:
    """Leaves parts in fp32, one more at a time, until the accuracy is kept.

    A first round tries each part once, and leaves those in fp32 that help; the outputs and heads of
    the scores that fall come before the encoder, which takes most of the time. If that is not
    enough, a second round leaves the others in fp32 as well.

    Args:
        attempt: quantises the network except for some parts, and measures it.
        parts: of the network, from the input to the outputs.
        kept: those that stay from the start.
        say: tells the user.

    Returns:
        The first trial within the limits.

    Raises:
        AccuracyError: there is none; it says what the last trial costs.
    """
    best = attempt(tuple(part for part in parts if part in kept))
    for second_round in (False, True):
        for part in _order(parts, best):
            if best.passed:
                return best
            if part in best.kept or len(best.kept) + 1 == len(parts):
                continue  # with all in fp32 nothing would be int8
            say(f"In int8 {best.summary}: trying with {part} in fp32.")
            trial = attempt((*best.kept, part))
            if second_round or trial.worst < best.worst:
                best = trial
    if best.passed:
        return best
    raise AccuracyError(best.summary)


def _order(parts: Sequence[str], trial: Trial) -> list[str]:
    """Sorts the parts: heads of the scores that fall, what heads share, the other heads."""
    failing = [name for name, fall in trial.falls.items() if fall > 1 + _ROUNDING]
    heads = [part for part in parts if part.endswith((" head", " output"))]
    first = [part for part in heads if part.startswith(tuple(SCORES[name] for name in failing))]
    shared = [part for part in parts if part not in heads]
    return [*first[::-1], *shared, *(part for part in heads if part not in first)]
