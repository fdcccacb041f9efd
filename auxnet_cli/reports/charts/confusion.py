"""The confusion matrix."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.reports.charts.canvas import INK, Plot, drawn, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "confusion"
OUTCOMES = ("found", "missed", "false alarm", "rightly quiet")


def confusion_plot(confusion: Mapping[str, Any]) -> Plot:
    """The counts of ``classification.confusion`` of a report as shaded fields.

    Classes that exclude one another make one matrix. Others have a row each: what became of the
    images that show the class, and of those that do not.
    """
    if confusion["kind"] == "exclusive":
        return _matrix(confusion["labels"], np.array(confusion["counts"], np.int64))
    return _rows(confusion["per_class"])


def _matrix(labels: Sequence[str], counts: NDArray[np.int64]) -> Plot:
    names = [label(name, 14) for name in labels]

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
        _fields(axis, counts, shares, names, names)
        axis.set(xlabel="called", ylabel="shown (truth)")
        for place in range(len(names)):
            _frame(axis, place, place)

    side = len(names)
    return Plot(
        NAME,
        "Confusion matrix",
        "Images by what they show (down) and what the class head calls them (across). Framed: "
        "right. Shade: share of the row.",
        f"{int(np.trace(counts))} of {int(counts.sum())} images on the diagonal; the counts stand "
        "in the table below.",
        drawn(NAME, draw, max(4.6, 1.6 + 0.42 * side), max(3.4, 1.4 + 0.34 * side), margins=None),
    )


def _rows(per_class: Mapping[str, Sequence[Sequence[int]]]) -> Plot:
    names = [label(name, 14) for name in per_class]
    counts = np.array([outcomes(table) for table in per_class.values()], np.int64)

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        shown, absent = counts[:, :2], counts[:, 2:]
        shares = np.hstack(
            [half / np.maximum(1, half.sum(axis=1, keepdims=True)) for half in (shown, absent)]
        )
        _fields(axis, counts, shares, names, OUTCOMES)
        for row in range(len(names)):
            _frame(axis, row, 0)
            _frame(axis, row, 3)

    return Plot(
        NAME,
        "Confusion, class by class",
        "What the class head made of the images that show a class (found, missed) and of those "
        "that do not. Framed: right. Shade: share of the two.",
        "The counts stand in the table below.",
        drawn(NAME, draw, height=max(2.6, 1.2 + 0.34 * len(names)), margins=None),
    )


def outcomes(table: Sequence[Sequence[int]]) -> tuple[int, int, int, int]:
    """Found, missed, false alarm, rightly quiet from ``[[tn, fp], [fn, tp]]``."""
    (quiet, false), (missed, found) = table
    return found, missed, false, quiet


def _fields(
    axis: "Axes",
    counts: NDArray[np.int64],
    shares: NDArray[np.float64],
    down: Sequence[str],
    across: Sequence[str],
) -> None:
    high, wide = (np.arange(side + 1) - 0.5 for side in counts.shape)
    # As paths: an image would be a file of its own within the drawing.
    axis.pcolormesh(
        wide, high, shares, cmap="Blues", vmin=0, vmax=1.15, edgecolors="#d5dae0", linewidth=0.6
    )
    axis.invert_yaxis()
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            colour = "white" if shares[row, column] > 0.55 else INK
            axis.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=colour)
    axis.set_xticks(range(len(across)), across, rotation=35, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(len(down)), down)
    axis.tick_params(length=0)


def _frame(axis: "Axes", row: int, column: int) -> None:
    """What is right has a frame, which is seen without colour."""
    from matplotlib.patches import Rectangle

    corner = (column - 0.47, row - 0.47)
    axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=INK, linewidth=1.2))
