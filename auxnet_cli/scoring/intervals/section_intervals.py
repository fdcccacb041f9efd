"""Puts a 95 % interval beside each figure of a metric's section."""

import numpy as np

from auxnet_cli.documents.section import Entries, Interval, Missing
from auxnet_cli.scoring.evidence import Flags, Ints
from auxnet_cli.scoring.intervals.bootstrap import REPLICATES, bootstrap
from auxnet_cli.scoring.intervals.rates import clopper_pearson
from auxnet_cli.scoring.metrics.metric import Key, Metric

METHOD = (
    "95 % bootstrap by group (BCa, {replicates} replicates of {groups} groups, seed {seed}); exact "
    "after Clopper and Pearson for rates of images that stand alone and, with as many trials as "
    "groups, for rates of 0 or 1 and means of such rates (the groups of the rarest class)"
)
NO_COUNTER_EXAMPLE = "every replicate gave the same: this split holds no counter-example"


def with_intervals(
    metric: Metric, groups: Ints, replicates: int = REPLICATES, seed: int = 0
) -> Entries:
    """Returns the full section with ``ci95`` for its headline figures and for each class.

    The intervals are those of :func:`exact_intervals` where that has one, and a bootstrap's for all
    else. A figure whose replicates do not differ has none. ``groups`` has the (images,) number of
    each image's group, from 0.
    """
    section, figures = metric.section(), metric.figures()
    drawn = bootstrap(metric.figures, groups, replicates, seed)
    # A figure that does not exist has a reason of its own.
    intervals: dict[Key, Interval | Missing | None] = {
        key: None if value is None else usable(drawn[key]) for key, value in figures.items()
    }
    intervals |= exact_intervals(metric, groups)
    section["ci95"] = {name: intervals["", name] for name in metric.headlines}
    for name, of_class in section.get("per_class", {}).items():
        of_class["ci95"] = {figure: intervals[name, figure] for figure in metric.per_class}
    return section | metric.details()


def usable(interval: Interval | None, alike: str = NO_COUNTER_EXAMPLE) -> Interval | Missing:
    """Returns a bootstrap's interval, or why there is none; ``alike`` where it has no width."""
    if interval is None:
        return Missing("too few groups show what it takes")
    return Missing(alike) if np.isclose(*interval, rtol=1e-9, atol=1e-12) else interval


def exact_intervals(metric: Metric, groups: Ints) -> dict[Key, Interval]:
    """Returns Clopper and Pearson's intervals of the figures that have one.

    Those are plain rates over images of which no two share a group, and rates of 0 or 1, with as
    many trials as there are groups, since replicates of them would not differ. A headline figure
    that is a mean of plain rates which are all 0 or all 1 has the interval of its class with the
    fewest groups: wider than need be, since the other classes are witnesses, too.

    Args:
        metric: the headline figures bear the names of the rates that they are means of.
        groups: (images,) the number of each image's group.
    """
    figures, exact, fewest = metric.figures(), dict[Key, Interval](), dict[str, int]()
    for (name, figure), (hits, counted) in metric.rates().items():
        interval = exact_interval(hits, counted, groups)
        if interval is not None:
            exact[name, figure] = interval
        number = len(np.unique(groups[counted]))
        if name and number:
            fewest[figure] = min(number, fewest.get(figure, number))
    for figure, number in fewest.items():
        if figures.get(("", figure)) in (0, 1):
            exact["", figure] = clopper_pearson(number if figures["", figure] else 0, number)
    return exact


def exact_interval(hits: Flags, counted: Flags, groups: Ints) -> Interval | None:
    """Returns Clopper and Pearson's interval of a rate; ``None`` where a bootstrap has to give it.

    Of each of the (images,) it is given whether it is a hit, could be one, and its group's number.
    """
    trials, number, witnesses = int(counted.sum()), int(hits.sum()), len(np.unique(groups[counted]))
    if trials and witnesses == trials:
        return clopper_pearson(number, trials)
    if trials and number in (0, trials):
        return clopper_pearson(witnesses if number else 0, witnesses)
    return None
