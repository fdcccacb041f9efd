"""Draws the reliability diagram: whether a class score of 0.8 is right eight times out of ten."""

from auxnet_cli.reports.charts.chart import (
    FAINT,
    INK,
    Chart,
    line_colour,
    new_canvas,
    unit_square,
)
from auxnet_cli.reports.table import Document


def reliability_chart(reliability: Document) -> Chart | None:
    """Draws the diagram of a report's ``reliability``; ``None`` where no score was counted."""
    bins = [step for step in reliability["bins"] if step["images"]]
    if not bins:
        return None
    scores, rates, images = ([step[key] for step in bins] for key in ("score", "rate", "images"))

    with new_canvas("reliability", height=3.9, margins={"left": 0.15, "bottom": 0.12}) as canvas:
        upper, lower = canvas.figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
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

    return canvas.chart(
        "Reliability of the class scores",
        "Scores in steps: their mean across, the part of them that was right up. Below the dashed "
        "line scores promise too much, above it too little. Below: how many scores there are.",
        "; ".join(
            f"score {score:.2f}: {rate:.2f}" for score, rate in zip(scores, rates, strict=True)
        ),
    )
