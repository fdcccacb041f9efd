"""The reliability diagram: whether a class score of 0.8 is right eight times of ten."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.charts.canvas import FAINT, INK, PLAIN, Plot, drawn, tone, unit_square

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "reliability"


def reliability_plot(reliability: Mapping[str, Any]) -> Plot | None:
    """The diagram of a report's ``reliability``; ``None`` where no score was counted."""
    bins = [one for one in reliability["bins"] if one["images"]]
    if not bins:
        return None

    def draw(figure: "Figure") -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        unit_square(upper, "", "part that shows the class")
        upper.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1, label="perfect")
        upper.plot(
            [one["score"] for one in bins],
            [one["rate"] for one in bins],
            color=tone(0),
            marker="o",
            markersize=5,
            label="this model",
        )
        upper.legend(loc="upper left")
        lower.bar(
            [(one["low"] + one["high"]) / 2 for one in bins],
            [one["images"] for one in bins],
            [0.92 * (one["high"] - one["low"]) for one in bins],
            color=tone(0),
        )
        lower.set_yscale("log")
        lower.set(xlabel="class score", ylabel="how many")
        lower.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        lower.minorticks_off()
        lower.tick_params(colors=INK)

    told = "; ".join(f"score {one['score']:.2f}: {one['rate']:.2f}" for one in bins)
    return Plot(
        NAME,
        "Reliability of the class scores",
        "Scores in steps: their mean across, the part of them that was right up. Below the dashed "
        "line scores promise too much, above it too little. Below: how many scores there are.",
        told,
        drawn(NAME, draw, height=3.9, margins={**PLAIN, "left": 0.15, "bottom": 0.12}),
    )
