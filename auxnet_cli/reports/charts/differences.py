"""Differences between runs with their intervals, as a forest plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auxnet_cli.reports.charts.canvas import FAINT, INK, Plot, drawn, label, tone

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "differences"


@dataclass(frozen=True)
class Difference:
    """One line of the plot.

    Attributes:
        run: whose figure it is.
        figure: its title.
        value: the run's figure less the other's, 0-1.
        interval: 95 %; ``None`` where it does not exist.
        falling: whether a low figure is good.
        better: whether the run is better; ``None`` where the images cannot tell.
    """

    run: str
    figure: str
    value: float
    interval: tuple[float, float] | None
    falling: bool
    better: bool | None

    @property
    def finding(self) -> str:
        """In words."""
        return WORDS[self.better]


WORDS = {True: "better", False: "worse", None: "open"}
_LOOKS = {True: ("^", tone(0)), False: ("v", tone(1)), None: ("o", "white")}


def differences_plot(differences: Sequence[Difference], against: str) -> Plot | None:
    """The forest plot; ``None`` where there is nothing to show.

    Args:
        differences: the lines, from the top.
        against: name of the run that the others are held against.
    """
    if not differences:
        return None
    several = len({one.run for one in differences}) > 1

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        axis.axvline(0, color=INK, linewidth=1)
        for row, one in enumerate(differences):
            mark, fill = _LOOKS[one.better]
            low, high = one.interval or (one.value, one.value)
            axis.plot([100 * low, 100 * high], [row, row], color=tone(0), linewidth=1.6)
            axis.plot(
                [100 * one.value], [row], mark, markersize=8, color=tone(0),
                markerfacecolor=fill,
            )  # fmt: skip
        titles = [
            label(f"{one.figure}{' ↓' if one.falling else ''}", 28)
            + (f"\n{label(one.run, 22)}" if several else "")
            for one in differences
        ]
        axis.set_yticks(range(len(differences)), titles)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(differences) - 0.4, -0.6)
        axis.set_xlabel("difference, percentage points")
        axis.grid(axis="x", color=FAINT, alpha=0.25, linewidth=0.6)
        axis.set_axisbelow(True)

    told = "; ".join(
        f"{one.run}, {one.figure}: {100 * one.value:+.1f} points, {one.finding}"
        for one in differences
    )
    return Plot(
        NAME,
        f"Differences from {against}",
        "Dot and line: the difference and its 95 % interval, on the same images. Filled, "
        "tip up: better; filled, tip down: worse; hollow: open, the images cannot tell. ↓ marks "
        "figures where less is better.",
        told,
        drawn(
            NAME,
            draw,
            height=max(2.2, 0.9 + (0.42 if several else 0.3) * len(differences)),
            margins=None,
        ),
    )
