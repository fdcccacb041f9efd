"""Probability of detection over flaw size, the plot of MIL-HDBK-1823A."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from auxnet_cli.reports.charts.canvas import FAINT, INK, WITH_LEGEND, Plot, drawn, tone
from auxnet_cli.reports.evaluation.detectability_tables import HEADS
from auxnet_cli.reports.formatting import size as written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKED = (
    ("a50", 0.5, "o", "a50"),
    ("a90", 0.9, "s", "a90"),
    ("a90_95", 0.9, "D", "a90/95"),
)


def detection_probability_plots(
    fits: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> list[Plot]:
    """A drawing for each head and size of ``detectability.heads`` of a report that has a curve.

    Those of all heads together come first.
    """
    return [
        _plot(head, size, fit)
        for head, sizes in sorted(fits.items(), key=lambda own: own[0] != "any")
        for size, fit in sizes.items()
        if fit["curve"] is not None
    ]


def _plot(head: str, size: str, fit: Mapping[str, Any]) -> Plot:
    name, unit = f"pod-{head}-{size}", fit["unit"]
    curve, points = fit["curve"], fit["points"]
    marked = [
        (fit[key], height, mark, title)
        for key, height, mark, title in _MARKED
        if fit[key] is not None
    ]

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        axis.set_xscale("log")
        axis.plot(curve["size"], curve["pod"], color=tone(0), linewidth=1.8, label="fit")
        axis.plot(
            curve["size"], curve["low"], color=tone(0), linestyle="--", linewidth=1.2,
            label="95 % bound",
        )  # fmt: skip
        found = np.array(points["found"], bool)
        sizes = np.array(points["size"], float)
        axis.plot(sizes[found], np.full(found.sum(), 1.03), "|", color=INK, alpha=0.6, markersize=7)
        axis.plot(
            sizes[~found], np.full((~found).sum(), -0.03), "|", color=INK, alpha=0.6, markersize=7
        )
        low, high = curve["size"][0], curve["size"][-1]
        for place, height, mark, title in marked:
            if not low <= place <= high:
                continue
            axis.plot([place, place], [0, height], color=FAINT, linewidth=0.9, linestyle=":")
            axis.plot(
                [place], [height], mark, color=tone(1), markeredgecolor="white", markersize=7,
                label=f"{title} {written(place)} {unit}",
            )  # fmt: skip
        axis.axhline(0.9, color=FAINT, linewidth=0.6, linestyle=(0, (1, 3)))
        axis.set(
            xlabel=f"{size} of the defect, {unit}",
            ylabel="probability of detection",
            ylim=(-0.08, 1.08),
            xlim=(low, high),
        )
        axis.set_yticks([0, 0.25, 0.5, 0.75, 0.9, 1], ["0", "0.25", "0.5", "0.75", "0.9", "1"])
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.minorticks_off()
        figure.legend(loc="upper center", ncols=2)

    told = ", ".join(f"{title} {written(place)} {unit}" for place, _, _, title in marked)
    reached = told or "The fit reaches none of a50, a90 and a90/95 that can be trusted"
    return Plot(
        name,
        f"Detection by {HEADS[head]}, over {size}",
        f"{fit['found']} of {fit['flaws']} defects found. Ticks: found (above), missed (below). "
        f"Line: logistic fit. Dashed: its lower 95 % bound. {reached}.",
        f"{reached}.",
        drawn(name, draw, margins={**WITH_LEGEND, "top": 0.84}),
    )
