"""Draws the confusion matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.reports.charts.chart import INK, Chart, draw_svg, short_label
from auxnet_cli.reports.table import Document

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAME = "confusion"
_OUTCOMES = ("found", "missed", "false alarm", "rightly quiet")


def confusion_chart(confusion: Document) -> Chart:
    """Draws the counts of ``classification.confusion`` of a report as shaded fields.

    Classes that exclude one another make one matrix. Other classes have a row each: what became of
    the images that show the class, and of those that do not.
    """
    if confusion["kind"] == "exclusive":
        return _matrix(confusion["labels"], np.array(confusion["counts"], np.int64))
    return _rows(confusion["per_class"])


def _matrix(labels: Sequence[str], counts: NDArray[np.int64]) -> Chart:
    names = [short_label(name, 14) for name in labels]
    side = len(names)

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        _fields(axis, counts, _shares(counts), names, names)
        axis.set(xlabel="called", ylabel="shown (truth)")
        for index in range(side):
            _frame(axis, index, index)

    return Chart(
        _NAME,
        "Confusion matrix",
        "Images by what they show (down) and what the class head calls them (across). Framed: "
        "right. Shade: share of the row.",
        f"{int(np.trace(counts))} of {int(counts.sum())} images on the diagonal; the counts stand "
        "in the table below.",
        draw_svg(_NAME, draw, max(4.6, 1.6 + 0.42 * side), max(3.4, 1.4 + 0.34 * side), None),
    )


def _rows(per_class: Document) -> Chart:
    names = [short_label(name, 14) for name in per_class]
    # [[tn, fp], [fn, tp]] in the order of _OUTCOMES.
    tables = np.array(list(per_class.values()), np.int64).reshape(-1, 4)
    counts = tables[:, [3, 2, 1, 0]]

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        shares = np.hstack([_shares(counts[:, :2]), _shares(counts[:, 2:])])
        _fields(axis, counts, shares, names, _OUTCOMES)
        for row in range(len(names)):
            _frame(axis, row, 0)
            _frame(axis, row, 3)

    return Chart(
        _NAME,
        "Confusion, class by class",
        "What the class head made of the images that show a class (found, missed) and of those "
        "that do not. Framed: right. Shade: share of the two.",
        "The counts stand in the table below.",
        draw_svg(_NAME, draw, height=max(2.6, 1.2 + 0.34 * len(names)), margins=None),
    )


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return counts / np.maximum(1, counts.sum(axis=1, keepdims=True))


def _fields(
    axis: "Axes",
    counts: NDArray[np.int64],
    shares: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
) -> None:
    y_edges, x_edges = (np.arange(side + 1) - 0.5 for side in counts.shape)
    # As paths, because an image would be a file of its own within the chart.
    axis.pcolormesh(
        x_edges, y_edges, shares, cmap="Blues", vmin=0, vmax=1.15, edgecolors="#d5dae0",
        linewidth=0.6,
    )  # fmt: skip
    axis.invert_yaxis()
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            colour = "white" if shares[row, column] > 0.55 else INK
            axis.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=colour)
    axis.set_xticks(range(len(columns)), columns, rotation=35, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0)


def _frame(axis: "Axes", row: int, column: int) -> None:
    """Frames a field of right answers, so that they are seen without colour."""
    from matplotlib.patches import Rectangle

    corner = (column - 0.47, row - 0.47)
    axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=INK, linewidth=1.2))
