"""How far to trust the figures of a section: an interval beside each."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Ints
from auxnet_cli.scoring.figure import Missing, section
from auxnet_cli.scoring.intervals.interval import REPLICATES, Interval, bootstrap, clopper_pearson

METHOD = (
    "95 % bootstrap by group (BCa, {replicates} replicates of {groups} groups, seed {seed}); exact "
    "after Clopper and Pearson for rates of images that stand alone and, with as many trials as "
    "groups, for rates of 0 or 1 and means of such rates (the groups of the rarest class)"
)
NO_COUNTER_EXAMPLE = "every replicate gave the same: this split holds no counter-example"

Key = tuple[str, str]
"""(class, figure); no class for a headline figure."""


class Scored(Protocol):
    """A section of the report, ready to be taken anew with other weights."""

    @property
    def figures(self) -> tuple[str, ...]:
        """The headline figures that get an interval."""
        ...

    @property
    def per_class(self) -> tuple[str, ...]:
        """The figures of each class that get one."""
        ...

    def section(self, weights: Ints | None = None) -> dict[str, Any]:
        """The section, each image counted as often as its weight says."""
        ...

    def rates(self) -> Mapping[Key, tuple[Flags, Flags]]:
        """The figures that are plain rates: the images that are hits, and those that count."""
        ...


def with_intervals(
    scored: Scored, groups: Ints, replicates: int = REPLICATES, seed: int = 0
) -> dict[str, Any]:
    """The section with a ``ci95`` beside its headline figures and in each class.

    A plain rate over images of which no two share a group has Clopper and Pearson's interval. All
    else has a bootstrap's, which draws whole groups. A rate of 0 or 1 over images that do share
    groups has Clopper and Pearson's of as many trials as there are groups, since replicates of it
    would not differ. A mean of plain rates that are all 0 or all 1 has that of its class with the
    fewest groups, which is wider than need be. Any other figure whose replicates do not differ has
    none.

    Args:
        scored: the section.
        groups: (images,) the number of each image's group, from 0.
        replicates: of the bootstrap.
        seed: of the bootstrap.
    """
    document = scored.section()
    exact = {key: exact_interval(*flags, groups) for key, flags in scored.rates().items()}
    exact |= {("", name): own for name, own in exact_means(scored, groups, document).items()}
    wanted = {
        (name, figure): value
        for name, figure, value in _figures(scored, document)
        if exact.get((name, figure)) is None
    }
    names = {f"{name}/{figure}": (name, figure) for name, figure in wanted}

    def figure(weights: Ints | None) -> dict[str, float | None]:
        found = scored.section(weights)
        return {
            text: (found["per_class"][name] if name else found)[figure]
            for text, (name, figure) in names.items()
        }

    drawn = bootstrap(figure, groups, replicates, seed) if names else {}
    intervals = {key: _told(wanted[key], drawn[text]) for text, key in names.items()} | {
        key: list(interval) for key, interval in exact.items() if interval is not None
    }
    document["ci95"] = section(**{own: intervals["", own] for own in scored.figures})
    for name, of_class in document.get("per_class", {}).items():
        of_class["ci95"] = section(**{own: intervals[name, own] for own in scored.per_class})
    return document


def exact_interval(hits: Flags, counted: Flags, groups: Ints) -> Interval | None:
    """Clopper and Pearson's interval of a rate; ``None`` where a bootstrap has to give it.

    Args:
        hits: (images,) those that are hits.
        counted: (images,) those that could be.
        groups: (images,) the number of each image's group.
    """
    trials, of = int(counted.sum()), int(hits.sum())
    own = len(np.unique(groups[counted]))
    if trials and own == trials:
        return clopper_pearson(of, trials)
    if trials and of in (0, trials):
        return clopper_pearson(own if of else 0, own)
    return None


def exact_means(
    scored: Scored, groups: Ints, document: Mapping[str, Any] | None = None
) -> dict[str, Interval]:
    """Clopper and Pearson's intervals of headline figures that are means of 0s or of 1s only.

    As many trials as the class with the fewest groups has: conservative, since the other classes
    are witnesses, too.

    Args:
        scored: the section, whose headline figures bear the names of the rates that they are of.
        groups: (images,) the number of each image's group.
        document: the section as it is; made anew if not given.
    """
    document = scored.section() if document is None else document
    fewest: dict[str, int] = {}
    for (name, figure), (_, counted) in scored.rates().items():
        own = len(np.unique(groups[counted]))
        if name and own:
            fewest[figure] = min(own, fewest.get(figure, own))
    return {
        figure: clopper_pearson(number if document[figure] else 0, number)
        for figure, number in fewest.items()
        if figure in scored.figures and document[figure] in (0, 1)
    }


def _figures(
    scored: Scored, document: Mapping[str, Any]
) -> Iterator[tuple[str, str, float | None]]:
    for figure in scored.figures:
        yield "", figure, document[figure]
    for name, of_class in document.get("per_class", {}).items():
        for figure in scored.per_class:
            yield name, figure, of_class[figure]


def _told(value: float | None, interval: Interval | None) -> list[float] | Missing | None:
    """An interval for the report; plain ``None`` where the figure's own reason says why."""
    if value is None:
        return None
    if interval is None:
        return Missing("too few groups show what it takes")
    if np.isclose(*interval, rtol=1e-9, atol=1e-12):
        return Missing(NO_COUNTER_EXAMPLE)
    return list(interval)
