"""Models side by side on the same images: is a difference more than chance?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Ints, group_numbers
from auxnet_cli.scoring.figure import Missing, section
from auxnet_cli.scoring.intervals.confidence_intervals import NO_COUNTER_EXAMPLE, exact_interval
from auxnet_cli.scoring.intervals.interval import REPLICATES, Interval, bootstrap

SIGNIFICANT = 0.05
LOWER_IS_BETTER = "screening."
"""Section of the figures that are errors and costs; of all others, more is better."""
ESCAPE, FALSE_ALARM = "screening.escape_rate", "screening.false_alarm_rate"

Figures = Callable[[Ints | None], Mapping[str, float | None]]
Key = tuple[str, int, str]
"""("of" or "less the first", place of the contender, figure)."""
Value = TypeVar("Value")
OF, LESS = "of", "less the first"


@dataclass(frozen=True)
class Contender:
    """A model that takes part.

    Attributes:
        name: of its run.
        evidence: of the images; the same ones in the same order for every contender.
        figures: its headline figures for (images,) weights, ``None`` for weights of one.
        exact: intervals of figures that no bootstrap can give; see
            :func:`auxnet_cli.scoring.intervals.confidence_intervals.exact_means`.
    """

    name: str
    evidence: Sequence[Evidence]
    figures: Figures
    exact: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def wrong(self) -> dict[str, tuple[Flags, Flags]]:
        """Of the verdicts' two rates: the images judged wrongly, and those that count."""
        defective = np.array([image.defective for image in self.evidence], bool)
        stopped = np.array([image.stopped for image in self.evidence], bool)
        return {
            ESCAPE: (defective & ~stopped, defective),
            FALSE_ALARM: (~defective & stopped, ~defective),
        }


def comparison(
    contenders: Sequence[Contender], replicates: int = REPLICATES, seed: int = 0
) -> dict[str, Any]:
    """Compare models with the first of them.

    Every bootstrap replicate draws the same groups of images for all models, so what makes a set
    of images hard or easy falls out of the differences.

    Args:
        contenders: two or more.
        replicates: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        ``groups``, ``replicates``, ``seed``; ``runs``: of each contender ``name``, ``figures`` and
        ``ci95``; ``differences``: of each but the first ``run``, ``against`` and ``figures``, each
        with

        - difference: its figure less that of the first
        - ci95: of the difference
        - told_apart: whether there is more to it than chance: 0 lies outside ``ci95`` and, for the
          verdicts' rates, ``mcnemar`` is significant, too (5 % each). Where all groups show the
          same difference there is no ``ci95``: of the rates, ``mcnemar`` then decides, as long as
          there are groups enough to be no chance by themselves
        - better: whether it is better than the first; ``None`` where they cannot be told apart
        - mcnemar: see :func:`mcnemar`, for the verdicts' rates only
    """
    first, *others = contenders
    groups = group_numbers(first.evidence)

    def figure(weights: Ints | None) -> dict[Key, float | None]:
        base = _plain(first.figures(weights))
        values: dict[Key, float | None] = {(OF, 0, name): value for name, value in base.items()}
        for place, other in enumerate(others, start=1):
            own = _plain(other.figures(weights))
            values |= {(OF, place, name): value for name, value in own.items()}
            values |= {
                (LESS, place, name): _less(own.get(name), base.get(name))
                for name in {**base, **own}
            }
        return values

    whole, drawn = figure(None), bootstrap(figure, groups, replicates, seed)
    return {
        "groups": len(np.unique(groups)),
        "replicates": replicates,
        "seed": seed,
        "runs": [
            _run(one, _only(OF, place, whole), _only(OF, place, drawn), groups)
            for place, one in enumerate(contenders)
        ],
        "differences": [
            {
                "run": other.name,
                "against": first.name,
                "figures": {
                    name: _difference(name, (first, other), value, drawn[LESS, place, name], groups)
                    for name, value in _only(LESS, place, whole).items()
                },
            }
            for place, other in enumerate(others, start=1)
        ],
    }


def mcnemar(first: Flags, other: Flags) -> dict[str, Any]:
    """McNemar's exact test of two models on the same images.

    The images on which just one of the two is wrong split evenly if both are equally good: the
    two-sided binomial test of that. Images count as independent. Source: McNemar, Psychometrika 12
    (1947) 153-157, in its exact form.

    Args:
        first: (images,) bool, judged wrongly by the first model.
        other: (images,) bool, judged wrongly by the other.

    Returns:
        ``only_first`` and ``only_other``, the images on which just one is wrong, and ``p_value``.
    """
    from scipy.special import bdtr

    only_first, only_other = int((first & ~other).sum()), int((other & ~first).sum())
    tail = float(bdtr(min(only_first, only_other), only_first + only_other, 0.5))
    return {"only_first": only_first, "only_other": only_other, "p_value": min(1.0, 2 * tail)}


def _only(kind: str, place: int, values: Mapping[Key, Value]) -> dict[str, Value]:
    """The values of one contender by figure."""
    return {name: value for (of, at, name), value in values.items() if (of, at) == (kind, place)}


def _run(
    one: Contender,
    figures: Mapping[str, float | None],
    drawn: Mapping[str, Interval | None],
    groups: Ints,
) -> dict[str, Any]:
    intervals = {name: _interval(drawn[name], NO_COUNTER_EXAMPLE) for name in figures}
    intervals |= {name: list(exact) for name, exact in one.exact.items()}
    for name, (wrong, counted) in one.wrong.items():
        exact = exact_interval(wrong, counted, groups)
        if exact is not None:
            intervals[name] = list(exact)
    return {"name": one.name, "figures": figures, "ci95": section(**intervals)}


def _difference(
    name: str,
    pair: tuple[Contender, Contender],
    difference: float | None,
    drawn: Interval | None,
    groups: Ints,
) -> dict[str, Any]:
    if difference is None:
        lacking = Missing("one of the runs lacks the figure")
        return section(difference=lacking, ci95=lacking, told_apart=False, better=None)
    interval = _interval(drawn, "every replicate gave the same")
    told_apart = not isinstance(interval, Missing) and not interval[0] <= 0 <= interval[1]
    tests = {}
    if name in (ESCAPE, FALSE_ALARM):
        (first, counted), (other, _) = (one.wrong[name] for one in pair)
        tests["mcnemar"] = mcnemar(first, other)
        if isinstance(interval, Missing):
            # All groups differ alike: the chance of that is one of coin flips, a flip a group.
            told_apart = bool(difference) and _all_alike(counted, groups) <= SIGNIFICANT
        told_apart = told_apart and tests["mcnemar"]["p_value"] <= SIGNIFICANT
    lower_is_better = name.startswith(LOWER_IS_BETTER)
    better = (difference < 0) == lower_is_better if told_apart else None
    return section(
        difference=difference, ci95=interval, told_apart=told_apart, better=better, **tests
    )


def _all_alike(counted: Flags, groups: Ints) -> float:
    """The chance that all groups of the counted images differ in one direction, whichever."""
    return float(2.0 ** (1 - len(np.unique(groups[counted]))))


def _interval(drawn: Interval | None, all_the_same: str) -> list[float] | Missing:
    if drawn is None:
        return Missing("too few groups show what it takes")
    if np.isclose(*drawn, rtol=1e-9, atol=1e-12):
        return Missing(all_the_same)
    return list(drawn)


def _plain(figures: Mapping[str, float | None]) -> dict[str, float | None]:
    """Without NumPy's numbers, which JSON does not take."""
    return {name: None if value is None else float(value) for name, value in figures.items()}


def _less(own: float | None, base: float | None) -> float | None:
    return None if own is None or base is None else own - base
