"""Draws the probability of detection over the size of defects, as in MIL-HDBK-1823A."""

import numpy as np

from auxnet_cli.reports.charts.chart import (
    FAINT,
    INK,
    Chart,
    line_colour,
    new_canvas,
)
from auxnet_cli.reports.evaluation.tables import HEADS
from auxnet_cli.reports.formatting import size as format_size
from auxnet_cli.reports.table import Document

_MARKS = (("a50", 0.5, "o", "a50"), ("a90", 0.9, "s", "a90"), ("a90_95", 0.9, "D", "a90/95"))
"""Key in the fit, probability, matplotlib marker and title of each marked size."""


def detection_probability_charts(fits: Document) -> list[Chart]:
    """Draws a chart for each head and kind of size of ``detectability.heads`` that has a curve.

    The charts of all heads together come first.
    """
    return [
        _chart(head, kind, fit)
        for head, kinds in sorted(fits.items(), key=lambda item: item[0] != "any")
        for kind, fit in kinds.items()
        if fit["curve"] is not None
    ]


def _chart(head: str, kind: str, fit: Document) -> Chart:
    unit, curve = fit["unit"], fit["curve"]
    marks = [
        (fit[key], probability, marker, f"{title} {format_size(fit[key])} {unit}")
        for key, probability, marker, title in _MARKS
        if fit[key] is not None
    ]

    with new_canvas(f"pod-{head}-{kind}", margins={"top": 0.84}) as canvas:
        axis = canvas.figure.subplots()
        axis.set_xscale("log")
        blue = line_colour(0)
        axis.plot(curve["size"], curve["pod"], color=blue, linewidth=1.8, label="fit")
        axis.plot(curve["size"], curve["low"], "--", color=blue, linewidth=1.2, label="95 % bound")
        detected = np.array(fit["points"]["found"], bool)
        sizes = np.array(fit["points"]["size"], float)
        for chosen, y in ((detected, 1.03), (~detected, -0.03)):
            ticks = np.full(chosen.sum(), y)
            axis.plot(sizes[chosen], ticks, "|", color=INK, alpha=0.6, markersize=7)
        low, high = curve["size"][0], curve["size"][-1]
        for size, probability, marker, label in marks:
            if low <= size <= high:
                axis.plot([size, size], [0, probability], ":", color=FAINT, linewidth=0.9)
                axis.plot(
                    [size], [probability], marker, color=line_colour(1), markeredgecolor="white",
                    markersize=7, label=label,
                )  # fmt: skip
        axis.axhline(0.9, color=FAINT, linewidth=0.6, linestyle=(0, (1, 3)))
        axis.set(
            xlabel=f"{kind} of the defect, {unit}",
            ylabel="probability of detection",
            ylim=(-0.08, 1.08),
            xlim=(low, high),
        )
        axis.set_yticks([0, 0.25, 0.5, 0.75, 0.9, 1], ["0", "0.25", "0.5", "0.75", "0.9", "1"])
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.minorticks_off()
        canvas.figure.legend(loc="upper center", ncols=2)

    reached = ", ".join(label for *_, label in marks)
    reached = reached or "The fit reaches none of a50, a90 and a90/95 that can be trusted"
    return canvas.chart(
        f"Detection by {HEADS[head]}, over {kind}",
        f"{fit['found']} of {fit['flaws']} defects found. Ticks: found (above), missed (below). "
        f"Line: logistic fit. Dashed: its lower 95 % bound. {reached}.",
        f"{reached}.",
    )
