"""Precision over recall and recall over false alarms, a line a class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auxnet_cli.reports.charts.canvas import (
    FAINT,
    LINES,
    MARKS,
    Plot,
    drawn,
    label,
    tone,
    unit_square,
)
from auxnet_cli.scoring.evidence import Evidence, Floats
from auxnet_cli.scoring.metrics.curves import precision_recall, roc

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES = 8


def ranking_plots(
    evidence: Sequence[Evidence], classes: Sequence[str], threshold: float
) -> list[Plot]:
    """Both drawings, from the scores of the classification head; none without its scores.

    Args:
        evidence: the images.
        classes: their names.
        threshold: the score from which a class is called; marked on each line.
    """
    scored = [image for image in evidence if image.scores is not None]
    if not scored:
        return []
    truth = np.array([image.labels for image in scored])
    scores = np.array([image.scores for image in scored], np.float64)
    often = np.argsort(-truth.sum(axis=0), kind="stable")[:MOST_LINES].tolist()
    drawable = [place for place in sorted(often) if 0 < truth[:, place].sum() < len(truth)]
    if not drawable:
        return []
    left_out = len(classes) - len(drawable)
    more = f" {left_out} rarer or absent classes are not drawn." if left_out else ""

    def precision(figure: "Figure") -> None:
        axis = figure.subplots()
        unit_square(axis, "recall", "precision")
        for order, place in enumerate(drawable):
            recall, own, floor = precision_recall(truth[:, place], scores[:, place])
            # Nothing is called at first, where the precision does not exist: the line starts flat.
            points = np.append(0.0, recall), np.append(own[:1], own)
            at = int((floor >= threshold).sum())
            _line(axis, order, classes[place], points, at, drawstyle="steps-pre")
        axis.legend(loc="best")

    def false_alarms(figure: "Figure") -> None:
        axis = figure.subplots()
        unit_square(axis, "false-alarm rate", "recall")
        axis.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=(0, (1, 3)))
        for order, place in enumerate(drawable):
            false, true, floor = roc(truth[:, place], scores[:, place])
            points = np.append(0.0, false), np.append(0.0, true)
            _line(axis, order, classes[place], points, int((floor >= threshold).sum()))
        axis.legend(loc="lower right")

    names = ", ".join(classes[place] for place in drawable)
    return [
        Plot(
            "precision-recall",
            "Precision and recall",
            "Of the images called a class, how many show it; of those that show it, how many are "
            f"called: over all thresholds. Large mark: the threshold in use.{more}",
            f"A line for each of {names}; the areas under them are the column AP above.",
            drawn("precision-recall", precision),
        ),
        Plot(
            "roc",
            "Recall and false alarms (ROC)",
            "Of the images that show a class, how many are called; of those that do not, how many "
            f"are called falsely. Dotted: chance. Large mark: the threshold in use.{more}",
            f"A line for each of {names}; the areas under them are the column AUC above.",
            drawn("roc", false_alarms),
        ),
    ]


def _line(
    axis: "Axes",
    order: int,
    name: str,
    points: tuple[Floats, Floats],
    at: int,
    drawstyle: str = "default",
) -> None:
    across, up = points
    axis.plot(
        across,
        up,
        drawstyle=drawstyle,
        color=tone(order),
        linestyle=LINES[order % len(LINES)],
        marker=MARKS[order % len(MARKS)],
        markersize=8,
        markeredgecolor="white",
        markevery=[at],
        linewidth=1.5,
        label=label(name),
        clip_on=False,
    )
