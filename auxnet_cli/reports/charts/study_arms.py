"""Draws a figure of each arm of a study beside the paper's."""

from auxnet_cli.documents.study import Study
from auxnet_cli.reports.charts.chart import (
    INK,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    value_grid,
)
from auxnet_cli.reports.formatting import number


def study_chart(study: Study, metric: str, title: str) -> Chart:
    """Draws the arms from the top: a dot with its interval, and the paper's as a hollow diamond."""
    arms = [arm for arm in study.arms if metric in arm.figures]
    several = len({arm.fraction for arm in arms}) > 1
    names = [arm.name + (f", {arm.fraction:.0%}" if several else "") for arm in arms]

    height = max(2.2, 0.9 + 0.34 * len(arms))
    with new_canvas(metric.replace(".", "-"), height=height, compute_margins=True) as canvas:
        axis = canvas.figure.subplots()
        for row, arm in enumerate(arms):
            figure = arm.figures[metric]
            if figure.ci95 is not None:
                axis.plot([*figure.ci95], [row, row], color=line_colour(0), linewidth=1.6)
            if figure.mean is not None:
                axis.plot([figure.mean], [row], "o", markersize=7, color=line_colour(0))
            if figure.paper is not None:
                axis.plot(
                    [figure.paper], [row], "D", markersize=6, color=INK, markerfacecolor="white"
                )
        axis.set_yticks(range(len(arms)), [short_label(name, 30) for name in names])
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(arms) - 0.4, -0.6)
        axis.set_xlabel(title)
        value_grid(axis, "x")

    described = (
        f"{name}: {number(arm.figures[metric].mean)}, paper {number(arm.figures[metric].paper)}"
        for name, arm in zip(names, arms, strict=True)
    )
    return canvas.chart(
        title,
        "Dot and line: here, with the 95 % interval over parts. Diamond: the paper, on its data.",
        "; ".join(described),
    )
