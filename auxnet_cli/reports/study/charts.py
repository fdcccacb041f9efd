"""Draws a metric of a study as the paper does: by arm, by class, or by training images."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np

from auxnet_cli.documents.study import LATENCY_MS, Study, StudyArm
from auxnet_cli.reports.charts.chart import (
    INK,
    Canvas,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    value_grid,
)
from auxnet_cli.reports.study.metrics import TITLES, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _name(metric: str, by_class: bool = False) -> str:
    return metric.replace(".", "-") + ("-by-class" if by_class else "")


CHARTS = tuple(_name(metric, by_class) for metric in TITLES for by_class in (False, True))
"""Names of all charts that a study can have."""

_MARKERS = "osD^vP"
"""Of the arms where they share an axis: they differ without colours, too."""


def study_charts(study: Study, metric: str) -> list[Chart]:
    """Draws the arms that have the metric, and their classes where there are several."""
    arms = [arm for arm in study.arms if metric in arm.figures]
    several = len({arm.fraction for arm in arms}) > 1
    charts = [(_fraction_chart if several else _arm_chart)(arms, metric)]
    by_class = {
        arm.name: {label: known.get(metric) for label, known in arm.per_class.items()}
        for arm in arms
        if arm.fraction == 1
    }
    if all(len(values) > 1 for values in by_class.values()):
        charts.append(_class_chart(by_class, metric))
    return charts


def _arm_chart(arms: list[StudyArm], metric: str) -> Chart:
    """Draws the arms from the top: a dot with its spread, and the paper's as a hollow diamond."""
    with _canvas(_name(metric), len(arms)) as canvas:
        axis = canvas.figure.subplots()
        for row, arm in enumerate(arms):
            known = arm.figures[metric]
            spread = known.ci95 or known.p5_p95
            if spread is not None:
                axis.plot([*spread], [row, row], color=line_colour(0), linewidth=1.6)
            if known.mean is not None:
                axis.plot([known.mean], [row], "o", markersize=7, color=line_colour(0))
            if known.paper is not None:
                axis.plot(
                    [known.paper], [row], "D", markersize=6, color=INK, markerfacecolor="white"
                )
        _name_rows(axis, [arm.name for arm in arms], TITLES[metric])
    figures = ((arm.name, arm.figures[metric]) for arm in arms)
    timed = metric == LATENCY_MS
    spread_name = "middle 90 % of the calls" if timed else "95 % interval over parts"
    caption = f"Dot and line: here, with the {spread_name}."
    if any(arm.figures[metric].paper is not None for arm in arms):
        caption += " Diamond: the paper, on its data and machine."
    return canvas.chart(
        TITLES[metric],
        caption,
        "; ".join(
            f"{name}: {figure(metric, known.mean)}, paper {figure(metric, known.paper)}"
            for name, known in figures
        ),
    )


def _fraction_chart(arms: list[StudyArm], metric: str) -> Chart:
    """Draws a line for each arm over its part of the training images."""
    lines: dict[str, list[StudyArm]] = {}
    for arm in arms:
        lines.setdefault(arm.name, []).append(arm)
    with new_canvas(_name(metric), compute_margins=True) as canvas:
        axis = canvas.figure.subplots()
        for index, (label, line) in enumerate(lines.items()):
            # Beside each other, so that no interval hides another.
            parts = [100 * arm.fraction + 0.6 * (index - (len(lines) - 1) / 2) for arm in line]
            figures = [arm.figures[metric] for arm in line]
            means = [np.nan if known.mean is None else known.mean for known in figures]
            axis.plot(
                parts,
                means,
                marker=_MARKERS[index % len(_MARKERS)],
                color=line_colour(index),
                linewidth=1.6,
                label=short_label(label),
            )
            for part, known in zip(parts, figures, strict=True):
                if known.ci95 is not None:
                    axis.plot([part, part], [*known.ci95], color=line_colour(index), linewidth=1)
        fractions = sorted({100 * arm.fraction for arm in arms})
        axis.set_xticks(fractions, [f"{part:g}" for part in fractions])
        axis.set(xlabel="training images in %", ylabel=TITLES[metric])
        value_grid(axis, "y")
        canvas.figure.legend(loc="outside upper center", ncols=2)
    return canvas.chart(
        TITLES[metric],
        "A line for each network; upright lines are 95 % intervals over parts. All learn in as "
        "many steps.",
        "; ".join(
            f"{arm.name}, {arm.fraction:.0%}: {figure(metric, arm.figures[metric].mean)}"
            for arm in arms
        ),
    )


def _class_chart(by_class: dict[str, dict[str, float | None]], metric: str) -> Chart:
    """Draws a row for each class, and in it a mark for each arm."""
    classes = list(next(iter(by_class.values())))
    with _canvas(_name(metric, by_class=True), 2 * len(classes)) as canvas:
        axis = canvas.figure.subplots()
        step = 0.7 / len(by_class)
        for index, (label, values) in enumerate(by_class.items()):
            rows = [row + step * (index - (len(by_class) - 1) / 2) for row in range(len(classes))]
            known = [np.nan if (value := values[name]) is None else value for name in classes]
            axis.plot(
                known,
                rows,
                _MARKERS[index % len(_MARKERS)],
                markersize=6,
                color=line_colour(index),
                label=short_label(label),
            )
        _name_rows(axis, classes, TITLES[metric])
        canvas.figure.legend(loc="outside upper center", ncols=2, handlelength=1)
    return canvas.chart(
        f"{TITLES[metric]} by class",
        "A mark for each network.",
        "The values stand in the table below.",
    )


def _canvas(name: str, rows: int) -> AbstractContextManager[Canvas]:
    return new_canvas(name, height=max(2.2, 0.9 + 0.34 * rows), compute_margins=True)


def _name_rows(axis: "Axes", names: list[str], title: str) -> None:
    """Names the rows of an axis, the first one at the top, and its values."""
    axis.set_yticks(range(len(names)), [short_label(name, 36) for name in names])
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlabel(title)
    value_grid(axis, "x")
