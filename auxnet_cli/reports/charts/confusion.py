"""Draws the confusion matrix."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.reports.charts.chart import INK, Chart, new_canvas, short_label
from auxnet_cli.reports.table import Document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OUTCOMES = ("found", "missed", "false alarm", "rightly quiet")


def confusion_chart(confusion: Document) -> Chart:
    """Draws the counts of ``classification.confusion`` of a report as shaded fields.

    Classes that exclude one another make one matrix. Other classes have a row each: what became of
    the images that show the class, and of those that do not.
    """
    if confusion["kind"] == "exclusive":
        rows = columns = [short_label(name, 14) for name in confusion["labels"]]
        side = len(rows)
        counts = np.array(confusion["counts"], np.int64)
        with new_canvas(
            "confusion", max(4.6, 1.6 + 0.42 * side), max(3.4, 1.4 + 0.34 * side),
            compute_margins=True,
        ) as canvas:  # fmt: skip
            axis = canvas.figure.subplots()
            _draw_fields(axis, counts, _shares(counts), rows, columns)
            axis.set(xlabel="called", ylabel="shown (truth)")
            _frame(axis, [(index, index) for index in range(side)])
        return canvas.chart(
            "Confusion matrix",
            "Images by what they show (down) and what the class head calls them (across). Framed: "
            "right. Shade: share of the row.",
            f"{int(np.trace(counts))} of {int(counts.sum())} images on the diagonal; the counts "
            "stand in the table below.",
        )
    rows = [short_label(name, 14) for name in confusion["per_class"]]
    # From [[tn, fp], [fn, tp]] into the order of _OUTCOMES.
    counts = np.array(list(confusion["per_class"].values()), np.int64).reshape(-1, 4)[:, ::-1]
    height = max(2.6, 1.2 + 0.34 * len(rows))
    with new_canvas("confusion", height=height, compute_margins=True) as canvas:
        axis = canvas.figure.subplots()
        shares = np.hstack([_shares(counts[:, :2]), _shares(counts[:, 2:])])
        _draw_fields(axis, counts, shares, rows, _OUTCOMES)
        _frame(axis, [(row, column) for row in range(len(rows)) for column in (0, 3)])
    return canvas.chart(
        "Confusion, class by class",
        "What the class head made of the images that show a class (found, missed) and of those "
        "that do not. Framed: right. Shade: share of the two.",
        "The counts stand in the table below.",
    )


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    return shares


def _draw_fields(
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


def _frame(axis: "Axes", fields: Sequence[tuple[int, int]]) -> None:
    """Frames the fields of right answers, so that they are seen without colour."""
    from matplotlib.patches import Rectangle

    for row, column in fields:
        corner = (column - 0.47, row - 0.47)
        axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=INK, linewidth=1.2))
