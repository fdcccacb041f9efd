"""Scores a split: evidence in, the report's sections out."""

from collections.abc import Callable

import numpy as np

from auxnet_cli.documents.scores import Scores
from auxnet_cli.documents.section import Entries, Interval, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Ints, group_numbers
from auxnet_cli.scoring.intervals.bootstrap import REPLICATES
from auxnet_cli.scoring.intervals.section_intervals import METHOD, exact_intervals, with_intervals
from auxnet_cli.scoring.metrics.metric import Metric
from auxnet_cli.scoring.metrics.undetected_classes import undetected_classes
from auxnet_cli.scoring.registry import ANALYSES, METRICS
from auxnet_cli.task import TASKS


def score(split: EvaluatedSplit) -> Scores:
    """Scores images, figures only: for training, which asks after each epoch."""
    return _scores(split, lambda metric: metric.section())


def full_score(split: EvaluatedSplit, replicates: int = REPLICATES, seed: int = 0) -> Entries:
    """Scores images with all that a report tells of them.

    Returns:
        The entries of :class:`auxnet_cli.documents.report.Report` from ``images`` to
        ``reliability``.
    """
    groups = group_numbers(split.evidence)
    scores = _scores(split, lambda metric: with_intervals(metric, groups, replicates, seed))
    number = len(np.unique(groups))
    method = METHOD.format(replicates=replicates, groups=number, seed=seed)
    return {
        **scores.entries(),
        "never_found": undetected_classes(scores),
        "intervals": {"groups": number, "replicates": replicates, "seed": seed, "method": method},
        **{name: analysis(split) for name, analysis in ANALYSES.items()},
    }


def headlines(split: EvaluatedSplit) -> Callable[[Ints | None], dict[str, float | None]]:
    """Prepares the headline figures by themselves, for any weights of the images.

    Returns:
        A function from (images,) weights, or ``None`` for weights of one, to ``section.figure`` →
        its value.
    """
    metrics = _metrics(split)

    def figures(weights: Ints | None = None) -> dict[str, float | None]:
        return {
            f"{section}.{figure}": value
            for section, metric in metrics.items()
            for (name, figure), value in metric.figures(weights).items()
            if not name
        }

    return figures


def class_figures(split: EvaluatedSplit) -> dict[str, dict[str, float | None]]:
    """Returns the figures of each class by itself: class → ``section.figure`` → its value."""
    figures: dict[str, dict[str, float | None]] = {name: {} for name in split.classes}
    for section, metric in _metrics(split).items():
        for (name, figure), value in metric.figures(None).items():
            if name in figures:
                figures[name][f"{section}.{figure}"] = value
    return figures


def exact_headlines(split: EvaluatedSplit) -> dict[str, Interval]:
    """Returns the intervals of headline figures that need no bootstrap, by ``section.figure``."""
    groups = group_numbers(split.evidence)
    return {
        f"{section}.{figure}": interval
        for section, metric in _metrics(split).items()
        for (name, figure), interval in exact_intervals(metric, groups).items()
        if not name
    }


def _metrics(split: EvaluatedSplit) -> dict[str, Metric]:
    """Returns the metrics of the heads and the memory that the model has, the verdict's first."""
    built = {name: kind for name, kind in METRICS.items() if kind.task in (None, *split.voters)}
    first = sorted(built, key=lambda name: built[name].task is not None)
    return {name: built[name](split) for name in first}


def _scores(split: EvaluatedSplit, section: Callable[[Metric], Entries]) -> Scores:
    metrics = _metrics(split)
    defective = sum(image.defective for image in split.evidence)
    entries: Entries = {
        "images": len(split.evidence),
        "defective": defective,
        "good": len(split.evidence) - defective,
    }
    for name, kind in METRICS.items():
        if name in metrics:
            entries[name] = section(metrics[name])
        elif kind.task in TASKS:
            entries[name] = Missing(f"the model was trained without {kind.task}")
    return Scores.model_validate(entries)
