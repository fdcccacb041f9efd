"""Draws the times of a call: single-task networks end to end, and the multi-task one below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auxnet_cli.documents.benchmark import Benchmark, Latency, NetworkTimes
from auxnet_cli.reports.charts.chart import (
    INK,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    value_grid,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "latency"
PALE = ("#c3ccd4", "#dfe5ea", "#aab3bd")
THICK = 0.36


@dataclass(frozen=True)
class Bars:
    """The bars of one way to compute.

    Attributes:
        title: names the way.
        singles: milliseconds of each single-task network, stacked; none for an external model.
        latency: of the multi-task network, or of the external model.
        ours: whether it is a network of ours.
    """

    title: str
    singles: tuple[float, ...]
    latency: Latency
    ours: bool = True

    @property
    def end(self) -> float:
        """Where the longest bar ends, in milliseconds."""
        return max(sum(self.singles), self.latency.median, self.latency.p95)

    @property
    def description(self) -> str:
        """What a screen reader says."""
        text = f"{self.title}: {self.latency.median:.1f} ms"
        total = f", the single-task networks {sum(self.singles):.1f} ms" if self.singles else ""
        return text + total


def latencies_chart(lines: Sequence[Bars], condition: str, number: int = 0) -> Chart:
    """Draws the bars of each way, the first on top.

    ``condition`` names threads and batch; ``number`` counts the charts of a page.
    """
    red = "" if all(line.ours for line in lines) else " Red: other models."
    name = f"{NAME}-{number}" if number else NAME

    with new_canvas(
        name, width=6.6, height=0.9 + 0.55 * len(lines), compute_margins=True
    ) as canvas:
        axis = canvas.figure.subplots()
        for row, line in enumerate(lines):
            _draw(axis, row, line)
        titles = ["\n".join(map(short_label, line.title.rsplit(": ", 1))) for line in lines]
        axis.set_yticks(range(len(lines)), titles)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(lines) - 0.45, -0.55)
        axis.set_xlim(0, 1.14 * max(line.end for line in lines))
        axis.set_xlabel("ms a call")
        value_grid(axis, "x")

    return canvas.chart(
        f"Time of a call, {condition}",
        "Grey: the single-task networks, one after the other. Blue: the one network that does all "
        f"of it.{red} Bars are medians; the thin line spans 5-95 % of the calls.",
        "; ".join(line.description for line in lines),
    )


def _draw(axis: "Axes", row: int, line: Bars) -> None:
    y, end = row - THICK / 2 - 0.02, 0.0
    for index, milliseconds in enumerate(line.singles):
        axis.barh(
            y, milliseconds, THICK, left=end, color=PALE[index % len(PALE)],
            edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        end += milliseconds
    if line.singles:
        _value(axis, end, y, end)
        y = row + THICK / 2 + 0.02
    else:
        y = row
    latency = line.latency
    axis.barh(y, latency.median, THICK, color=line_colour(0 if line.ours else 1))
    axis.plot([latency.p5, latency.p95], [y, y], color=INK, linewidth=1.1)
    _value(axis, max(latency.median, latency.p95), y, latency.median)


def _value(axis: "Axes", x: float, y: float, milliseconds: float) -> None:
    axis.annotate(
        f"{milliseconds:.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}",
        (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
    )  # fmt: skip


def lines_of(benchmark: Benchmark, families: Sequence[Sequence[NetworkTimes]]) -> list[Bars]:
    """Returns the bars of one number of threads and one batch, with the external models.

    Each family is a multi-task network and its single-task networks.
    """
    several = len({ours.family for ours, *_ in families}) > 1
    ours = [
        Bars(
            network.label + (f": {network.family}" if several else ""),
            tuple(single.latency_ms.median for single in singles),
            network.latency_ms,
        )
        for network, *singles in families
    ]
    same = families[0][0].threads, families[0][0].batch
    external = [
        Bars(f"{model.name}: {model.label}", (), model.latency_ms, ours=False)
        for model in benchmark.against
        if (model.threads, model.batch) == same
    ]
    return ours + external
