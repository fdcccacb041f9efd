"""Draws precision over recall and recall over false alarms, a line a class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auxnet_cli.reports.charts.chart import (
    FAINT,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    unit_square,
)
from auxnet_cli.scoring.evidence import Evidence, Floats
from auxnet_cli.scoring.metrics.curves import Ranking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LINES = 8
_LINES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def ranking_charts(
    evidence: Sequence[Evidence], classes: Sequence[str], threshold: float
) -> list[Chart]:
    """Draws both charts from the scores of the classification head; none without its scores.

    Args:
        evidence: the images.
        classes: their names.
        threshold: the score from which a class is predicted; marked on each line.
    """
    scored = [image for image in evidence if image.scores is not None]
    if not scored:
        return []
    truth = np.array([image.labels for image in scored])
    scores = np.array([image.scores for image in scored], np.float64)
    most_frequent = np.argsort(-truth.sum(axis=0), kind="stable")[:_MOST_LINES].tolist()
    labels = [label for label in sorted(most_frequent) if 0 < truth[:, label].sum() < len(truth)]
    if not labels:
        return []
    rankings = {label: Ranking.of(truth[:, label], scores[:, label]) for label in labels}
    left_out = len(classes) - len(labels)
    more = f" {left_out} rarer or absent classes are not drawn." if left_out else ""

    names = ", ".join(classes[label] for label in labels)
    with new_canvas("precision-recall") as canvas:
        axis = canvas.figure.subplots()
        unit_square(axis, "recall", "precision")
        for index, label in enumerate(labels):
            ranking, precision = rankings[label], rankings[label].precision
            # Without any prediction there is no precision: the line starts flat.
            points = np.append(0.0, ranking.recall), np.append(precision[:1], precision)
            marked = int((ranking.thresholds >= threshold).sum())
            _line(axis, index, classes[label], points, marked, "steps-pre")
        axis.legend(loc="best")
    precision_chart = canvas.chart(
        "Precision and recall",
        "Of the images called a class, how many show it; of those that show it, how many are "
        f"called: over all thresholds. Large mark: the threshold in use.{more}",
        f"A line for each of {names}; the areas under them are the column AP above.",
    )
    with new_canvas("roc") as canvas:
        axis = canvas.figure.subplots()
        unit_square(axis, "false-alarm rate", "recall")
        axis.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=(0, (1, 3)))
        for index, label in enumerate(labels):
            ranking = rankings[label]
            points = np.append(0.0, ranking.false_alarm_rate), np.append(0.0, ranking.recall)
            marked = int((ranking.thresholds >= threshold).sum())
            _line(axis, index, classes[label], points, marked)
        axis.legend(loc="lower right")
    roc_chart = canvas.chart(
        "Recall and false alarms (ROC)",
        "Of the images that show a class, how many are called; of those that do not, how many "
        f"are called falsely. Dotted: chance. Large mark: the threshold in use.{more}",
        f"A line for each of {names}; the areas under them are the column AUC above.",
    )
    return [precision_chart, roc_chart]


def _line(
    axis: "Axes",
    index: int,
    name: str,
    points: tuple[Floats, Floats],
    marked: int,
    drawstyle: str = "default",
) -> None:
    axis.plot(
        *points,
        drawstyle=drawstyle,
        color=line_colour(index),
        linestyle=_LINES[index % len(_LINES)],
        marker=_MARKERS[index % len(_MARKERS)],
        markersize=8,
        markeredgecolor="white",
        markevery=[marked],
        linewidth=1.5,
        label=short_label(name),
        clip_on=False,
    )
