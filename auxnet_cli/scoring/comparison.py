"""Compares models on the same images: is a difference more than chance?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from auxnet_cli.documents.comparison import ComparisonFigures
from auxnet_cli.documents.section import Entries, Interval, Missing
from auxnet_cli.scoring.evidence import Evidence, Flags, Ints, group_numbers
from auxnet_cli.scoring.intervals.bootstrap import REPLICATES, bootstrap
from auxnet_cli.scoring.intervals.section_intervals import usable

SIGNIFICANT = 0.05
LOWER_IS_BETTER = "screening."
"""Section of the figures that are errors and costs; of all others, more is better."""
ESCAPE, FALSE_ALARM = "screening.escape_rate", "screening.false_alarm_rate"

Figures = Callable[[Ints | None], Mapping[str, float | None]]


@dataclass(frozen=True)
class Contender:
    """A model that takes part.

    Attributes:
        evidence: of the images; the same ones in the same order for every contender.
        figures: its headline figures for (images,) weights, ``None`` for weights of one.
        exact: intervals of figures that need no bootstrap; see
            :func:`auxnet_cli.scoring.scores.exact_headlines`.
    """

    name: str
    evidence: Sequence[Evidence]
    figures: Figures
    exact: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def errors(self) -> dict[str, tuple[Flags, Flags]]:
        """Of the verdicts' two rates: the images judged wrongly, and those that count."""
        defective = np.array([image.defective for image in self.evidence], bool)
        stopped = np.array([image.stopped for image in self.evidence], bool)
        return {
            ESCAPE: (defective & ~stopped, defective),
            FALSE_ALARM: (~defective & stopped, ~defective),
        }


def comparison(contenders: Sequence[Contender], replicates: int = REPLICATES) -> ComparisonFigures:
    """Compares models with the first of them.

    Every bootstrap replicate draws the same groups of images for all models, so what makes a set
    of images hard or easy falls out of the differences.
    """
    first, *others = contenders
    groups = group_numbers(first.evidence)

    def figures(weights: Ints | None) -> dict[tuple[str, int, str], float | None]:
        """All figures, and all differences from the first: (kind, contender, figure) → value."""
        base = first.figures(weights)
        values = {("figure", 0, name): value for name, value in base.items()}
        for number, other in enumerate(others, start=1):
            of_other = other.figures(weights)
            values |= {("figure", number, name): value for name, value in of_other.items()}
            values |= {
                ("difference", number, name): _less(of_other.get(name), base.get(name))
                for name in {**base, **of_other}
            }
        return values

    whole, drawn = figures(None), bootstrap(figures, groups, replicates)
    runs: list[Entries] = [
        {"name": contender.name, "figures": {}, "ci95": {}} for contender in contenders
    ]
    differences: list[Entries] = [
        {"run": other.name, "against": first.name, "figures": {}} for other in others
    ]
    for (kind, number, name), value in whole.items():
        contender, interval = contenders[number], drawn[kind, number, name]
        if kind == "figure":
            runs[number]["figures"][name] = None if value is None else float(value)
            runs[number]["ci95"][name] = contender.exact.get(name, usable(interval))
        else:
            difference = _difference(name, first, contender, value, interval, groups)
            differences[number - 1]["figures"][name] = difference
    return ComparisonFigures.model_validate(
        {
            "groups": len(np.unique(groups)),
            "replicates": replicates,
            "seed": 0,
            "runs": runs,
            "differences": differences,
        }
    )


def mcnemar(first: Flags, other: Flags) -> Entries:
    """Tests two models on the same images by McNemar's exact test.

    The images on which just one of the two is wrong split evenly if both are equally good: the
    two-sided binomial test of that. Images count as independent. Source: McNemar, Psychometrika 12
    (1947) 153-157, in its exact form. Both models' (images,) flags mark what they judge wrongly.
    """
    from scipy.stats import binomtest

    only_first, only_other = int((first & ~other).sum()), int((other & ~first).sum())
    judged_by_one = only_first + only_other
    p_value = float(binomtest(only_first, judged_by_one).pvalue) if judged_by_one else 1.0
    return {"only_first": only_first, "only_other": only_other, "p_value": p_value}


def _difference(
    name: str,
    first: Contender,
    other: Contender,
    difference: float | None,
    drawn: Interval | None,
    groups: Ints,
) -> Entries:
    """Makes a :class:`auxnet_cli.documents.comparison.Difference`."""
    if difference is None:
        lacking = Missing("one of the runs lacks the figure")
        return {"difference": lacking, "ci95": lacking, "told_apart": False, "better": None}
    interval = usable(drawn, "every replicate gave the same")
    told_apart = not isinstance(interval, Missing) and not interval[0] <= 0 <= interval[1]
    tests: Entries = {}
    if name in (ESCAPE, FALSE_ALARM):
        (wrong, counted), (wrong_of_other, _) = first.errors[name], other.errors[name]
        tests["mcnemar"] = mcnemar(wrong, wrong_of_other)
        if isinstance(interval, Missing):
            # All groups differ alike: the chance of that is one of coin flips, a flip a group.
            chance = 2.0 ** (1 - len(np.unique(groups[counted])))
            told_apart = bool(difference) and chance <= SIGNIFICANT
        told_apart = told_apart and tests["mcnemar"]["p_value"] <= SIGNIFICANT
    lower_is_better = name.startswith(LOWER_IS_BETTER)
    return {
        "difference": float(difference),
        "ci95": interval,
        "told_apart": told_apart,
        "better": (difference < 0) == lower_is_better if told_apart else None,
        **tests,
    }


def _less(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base
