"""Draws the reliability diagram: whether a class score of 0.8 is right eight times out of ten."""

from typing import TYPE_CHECKING

from auxnet_cli.reports.charts.chart import (
    FAINT,
    INK,
    PLAIN,
    Chart,
    draw_svg,
    line_colour,
    unit_square,
)
from auxnet_cli.reports.table import Document

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAME = "reliability"


def reliability_chart(reliability: Document) -> Chart | None:
    """Draws the diagram of a report's ``reliability``; ``None`` where no score was counted."""
    bins = [step for step in reliability["bins"] if step["images"]]
    if not bins:
        return None
    scores, rates, images = ([step[key] for step in bins] for key in ("score", "rate", "images"))

    def draw(figure: "Figure") -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        unit_square(upper, "", "part that shows the class")
        upper.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1, label="perfect")
        upper.plot(
            scores, rates, color=line_colour(0), marker="o", markersize=5, label="this model"
        )
        upper.legend(loc="upper left")
        lower.bar(
            [(step["low"] + step["high"]) / 2 for step in bins],
            images,
            [0.92 * (step["high"] - step["low"]) for step in bins],
            color=line_colour(0),
        )
        lower.set_yscale("log")
        lower.set(xlabel="class score", ylabel="how many")
        lower.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        lower.minorticks_off()
        lower.tick_params(colors=INK)

    return Chart(
        _NAME,
        "Reliability of the class scores",
        "Scores in steps: their mean across, the part of them that was right up. Below the dashed "
        "line scores promise too much, above it too little. Below: how many scores there are.",
        "; ".join(
            f"score {score:.2f}: {rate:.2f}" for score, rate in zip(scores, rates, strict=True)
        ),
        draw_svg(_NAME, draw, height=3.9, margins={**PLAIN, "left": 0.15, "bottom": 0.12}),
    )
