"""Times of one pass, engine by engine: the single-task networks end to end, and the one below."""

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
    """One line of the plot.

    Attributes:
        title: of the line.
        singles: milliseconds of each network that is stacked; none for a model by itself.
        one: the bar below: median, and what 5 and 95 % of calls stay below, milliseconds.
        ours: whether it is a network of ours.
    """

    title: str
    singles: tuple[tuple[str, float], ...]
    one: Latency
    ours: bool = True


def latencies_chart(lines: Sequence[Bars], condition: str, number: int = 0) -> Chart:
    """The bars.

    Args:
        lines: from the top.
        condition: threads and batch, in words.
        number: of the plot on its page.
    """
    red = "" if all(line.ours for line in lines) else " Red: other models."
    name = f"{NAME}-{number}" if number else NAME

    with new_canvas(
        name, width=6.6, height=0.9 + 0.55 * len(lines), compute_margins=True
    ) as canvas:
        axis = canvas.figure.subplots()
        for row, line in enumerate(lines):
            _line(axis, row, line)
        titles = ["\n".join(map(short_label, line.title.rsplit(": ", 1))) for line in lines]
        axis.set_yticks(range(len(lines)), titles)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(lines) - 0.45, -0.55)
        axis.set_xlim(0, 1.14 * max(map(_end, lines)))
        axis.set_xlabel("ms a call")
        value_grid(axis, "x")

    return canvas.chart(
        f"Time of a call, {condition}",
        "Grey: the single-task networks, one after the other. Blue: the one network that does all "
        f"of it.{red} Bars are medians; the thin line spans 5-95 % of the calls.",
        "; ".join(_told(line) for line in lines),
    )


def _line(axis: "Axes", row: int, line: Bars) -> None:
    at, end = row - THICK / 2 - 0.02, 0.0
    for place, (_, milliseconds) in enumerate(line.singles):
        axis.barh(
            at, milliseconds, THICK, left=end, color=PALE[place % len(PALE)],
            edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        end += milliseconds
    if line.singles:
        _value(axis, end, at, end)
        at = row + THICK / 2 + 0.02
    else:
        at = row
    colour = line_colour(0) if line.ours else line_colour(1)
    axis.barh(at, line.one.median, THICK, color=colour)
    axis.plot([line.one.p5, line.one.p95], [at, at], color=INK, linewidth=1.1)
    _value(axis, max(line.one.median, line.one.p95), at, line.one.median)


def _value(axis: "Axes", place: float, at: float, milliseconds: float) -> None:
    axis.annotate(
        f"{milliseconds:.0f}" if milliseconds >= 100 else f"{milliseconds:.1f}",
        (place, at), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
    )  # fmt: skip


def _end(line: Bars) -> float:
    return max(sum(value for _, value in line.singles), line.one.median, line.one.p95)


def _told(line: Bars) -> str:
    if not line.singles:
        return f"{line.title}: {line.one.median:.1f} ms"
    total = sum(value for _, value in line.singles)
    return f"{line.title}: {line.one.median:.1f} ms, the single-task networks {total:.1f} ms"


def lines_of(benchmark: Benchmark, families: Sequence[Sequence[NetworkTimes]]) -> list[Bars]:
    """The lines of networks of one number of threads and one batch.

    Args:
        benchmark: with the external models, those of the same condition.
        families: a multi-task network and its single-task ones each.
    """
    several = len({ours.family for ours, *_ in families}) > 1
    ours = [
        Bars(
            network.label + (f": {network.family}" if several else ""),
            tuple((single.name, single.latency_ms.median) for single in singles),
            network.latency_ms,
        )
        for network, *singles in families
    ]
    same = families[0][0].threads, families[0][0].batch
    external = [
        Bars(f"{model.name}: {model.label}", (), model.latency_ms, False)
        for model in benchmark.against
        if (model.threads, model.batch) == same
    ]
    return ours + external
