"""Draws differences between runs with their intervals, as a forest plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from auxnet_cli.reports.charts.chart import (
    INK,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    value_grid,
)

OUTCOMES = {True: "better", False: "worse", None: "open"}
_MARKS = {True: ("^", line_colour(0)), False: ("v", line_colour(1)), None: ("o", "white")}
"""Marker and fill."""


@dataclass(frozen=True)
class Difference:
    """One line of the chart.

    Attributes:
        figure: its title.
        value: the run's figure less that of the first run, 0-1.
        interval: low and high end of the 95 % interval; ``None`` where it does not exist.
        falling: whether a low figure is good.
        better: whether the run is better; ``None`` where the images cannot tell.
    """

    run: str
    figure: str
    value: float
    interval: Sequence[float] | None
    falling: bool
    better: bool | None

    @property
    def outcome(self) -> str:
        """Whether the run is better, in a word."""
        return OUTCOMES[self.better]


def differences_chart(differences: Sequence[Difference], first: str) -> Chart | None:
    """Draws the differences from the run ``first``, from the top; ``None`` where there are none."""
    if not differences:
        return None
    several_runs = len({line.run for line in differences}) > 1

    height = max(2.2, 0.9 + (0.42 if several_runs else 0.3) * len(differences))
    with new_canvas("differences", height=height, compute_margins=True) as canvas:
        axis = canvas.figure.subplots()
        axis.axvline(0, color=INK, linewidth=1)
        for row, line in enumerate(differences):
            ends = [100 * end for end in line.interval or (line.value, line.value)]
            axis.plot(ends, [row, row], color=line_colour(0), linewidth=1.6)
            marker, fill = _MARKS[line.better]
            axis.plot(
                [100 * line.value], [row], marker, markersize=8, color=line_colour(0),
                markerfacecolor=fill,
            )  # fmt: skip
        titles = [
            short_label(f"{line.figure}{' ↓' if line.falling else ''}", 28)
            + (f"\n{short_label(line.run, 22)}" if several_runs else "")
            for line in differences
        ]
        axis.set_yticks(range(len(differences)), titles)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(differences) - 0.4, -0.6)
        axis.set_xlabel("difference, percentage points")
        value_grid(axis, "x")

    return canvas.chart(
        f"Differences from {first}",
        "Dot and line: the difference and its 95 % interval, on the same images. Filled, "
        "tip up: better; filled, tip down: worse; hollow: open, the images cannot tell. ↓ marks "
        "figures where less is better.",
        "; ".join(
            f"{line.run}, {line.figure}: {100 * line.value:+.1f} points, {line.outcome}"
            for line in differences
        ),
    )
