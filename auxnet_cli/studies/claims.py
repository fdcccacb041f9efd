"""Judges claims of the paper by what was measured, by rules that stand before the measurement."""

from dataclasses import dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from auxnet_cli.documents.section import Interval

Verdict = Literal["reproduced", "not reproduced", "too close to call", "these data cannot tell"]


@dataclass(frozen=True)
class Claim:
    """The paper's claim that one arm is better than another.

    Attributes:
        better: the arm that the paper finds better.
        than: the other arm.
        metric: ``section.figure``; more is better.
        margin: the smallest difference that matters.
        paper: the difference in the paper's tables; ``None`` where it only draws it.
        fraction: of the training images, 0-1.
    """

    better: str
    than: str
    metric: str
    margin: float
    paper: float | None = None
    fraction: float = 1.0


def judge(interval: "Interval | None", margin: float) -> Verdict:
    """Judges a claim by the 95 % interval of the difference, better less other.

    It is reproduced where the whole interval lies above 0, and not reproduced where all of it lies
    below. Where it holds 0 and lies within the margin at both sides, the arms are too close to
    call: no difference that matters. A wider interval tells nothing.
    """
    if interval is None:
        return "these data cannot tell"
    low, high = interval
    if low > 0:
        return "reproduced"
    if high < 0:
        return "not reproduced"
    return "too close to call" if max(-low, high) < margin else "these data cannot tell"


def with_seeds(difference: float, parts: "Interval", of_seeds: list[float]) -> "Interval":
    """Widens an interval over parts by what the seeds add to it.

    The seeds' half-width is that of their mean, t · s / √n. Both are independent, so the squares of
    the half-widths add up at each side. A single seed adds nothing that is known.

    Args:
        difference: the mean over the seeds.
        parts: its 95 % interval over the parts of the test split.
        of_seeds: the difference of each seed.
    """
    seeds = len(of_seeds)
    if seeds < 2:
        return parts
    from scipy.stats import t

    spread = sqrt(sum((value - difference) ** 2 for value in of_seeds) / (seeds - 1))
    added = float(t.ppf(0.975, seeds - 1)) * spread / sqrt(seeds)
    low, high = parts
    return difference - hypot(difference - low, added), difference + hypot(high - difference, added)
