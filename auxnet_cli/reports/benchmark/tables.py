"""The tables of a benchmark as plain cells, so that page, Markdown and terminal show the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from auxnet_cli.reports.formatting import ABSENT, counted
from auxnet_cli.reports.table import Table

Benchmark = Mapping[str, Any]
MULTI_TASK = "Defect-Aux-Net"
TOGETHER = {1: "the one alone", 2: "the two together", 3: "the three together"}
HEADER = ("Network", "ms", "5-95 %", "M par.", "GFLOP", "peak", "MB")


@dataclass(frozen=True)
class Fact:
    """A figure that stands first.

    Attributes:
        title: what it is.
        value: with its unit.
        interval: 95 %, or empty.
        note: of what, and how measured.
    """

    title: str
    value: str
    interval: str
    note: str


def way(one: Mapping[str, Any]) -> str:
    """How something was run: ``openvino fp32``."""
    return f"{one['engine']} {one['precision']}"


def condition(one: Mapping[str, Any]) -> str:
    """Threads and batch: ``1 thread, batch 1``."""
    return f"{counted(one['threads'], 'thread')}, batch {one['batch']}"


def milliseconds(value: float) -> str:
    """Three digits or more."""
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def families(benchmark: Benchmark) -> list[list[Mapping[str, Any]]]:
    """The networks in parts: a multi-task network and its single-task ones, run in one way."""

    def key(one: Mapping[str, Any]) -> tuple[Any, ...]:
        return one["threads"], one["batch"], way(one), one["family"]

    return [list(own) for _, own in groupby(benchmark["networks"], key)]


def together(networks: Sequence[Mapping[str, Any]]) -> float:
    """The single-task networks' medians in all, milliseconds."""
    return float(sum(one["latency_ms"]["median"] for one in networks[1:]))


def network_sheets(benchmark: Benchmark) -> list[Table]:
    """A table for each family in each way: the single-task networks, their sum, and the one."""
    several = len({one["family"] for one in benchmark["networks"]}) > 1
    sheets = []
    for ours, *singles in families(benchmark):
        title = f"{way(ours)}, {condition(ours)}"
        total = (
            TOGETHER[len(singles)],
            milliseconds(together([ours, *singles])),
            "",
            f"{sum(one['parameters'] for one in singles) / 1e6:.1f}",
            f"{sum(one['gflop'] for one in singles):.1f}",
            "",
            "",
        )
        rows = (*map(_row, singles), total, _row(ours))
        sheets.append(Table(title + (f": {ours['family']}" if several else ""), HEADER, rows))
    return sheets


def against_sheet(benchmark: Benchmark) -> Table | None:
    """Others' models."""
    several = len({condition(one) for one in benchmark["against"]}) > 1
    rows = tuple(
        (
            one["name"],
            f"{way(one)}, {condition(one)}" if several else way(one),
            f"{one['input']['height']} x {one['input']['width']}",
            *_row(one)[1:],
        )
        for one in benchmark["against"]
    )
    header = ("Model", "Way", "Input", *HEADER[1:])
    return Table("Other models", header, rows) if rows else None


def ratio_sheets(benchmark: Benchmark) -> list[Table]:
    """One pass as a part of the single-task networks' time; and how many times it is faster."""
    conditions = {condition(one) for one in benchmark["ratios"]}
    several = len({one["family"] for one in benchmark["ratios"]}) > 1
    found: dict[bool, list[tuple[str, ...]]] = {True: [], False: []}
    for one in benchmark["ratios"]:
        part = one["kind"] == "single-task"
        name = f"{way(one)}{', ' + one['family'] if several else ''}"
        if len(conditions) > 1:
            name += f", {condition(one)}"
        unit = "" if part else " x"
        found[part].append(
            (name, one["to"], f"{digits(one['value'])}{unit}", _interval(one["ci95"]))
        )
    titles = {True: "One pass, as a part of", False: "One pass, times faster than"}
    header = (f"{MULTI_TASK} in", "held against", "ratio", "95 %")
    return [Table(titles[part], header, tuple(rows)) for part, rows in found.items() if rows]


def machine_sheet(benchmark: Benchmark) -> Table:
    """The machine, and what it can do at best."""
    cpu, size = benchmark["cpu"], benchmark["input"]
    rows = [
        ("CPU", f"{cpu['model']}, {counted(cpu['cores'], 'core')}"),
        ("Instructions", ", ".join(cpu["flags"]) or ABSENT),
        ("Input", f"{size['height']} x {size['width']}"),
        ("Called by", benchmark["call_style"]),
        *(
            (
                f"Peak, {one['precision']}, {counted(one['threads'], 'thread')}",
                f"{one['gflops']:,.0f} GFLOP/s",
            )
            for one in benchmark["peak"]["gflops"]
        ),
        *(
            (
                f"All cores, {way(one)}",
                f"{milliseconds(one['images_per_second'])} images/s ({one['way']})",
            )
            for one in benchmark["throughput"]
        ),
        ("auxnet", benchmark["tool_version"]),
    ]
    return Table("Where it was timed, and what that can do at best", ("", ""), tuple(rows))


def reduction(benchmark: Benchmark) -> str:
    """What one network saves, beside the paper's figures."""
    change = {
        name: f"{-100 * benchmark['reduction'][name]:+.1f} % "
        f"(paper {-100 * benchmark['paper'][name]:+.1f} %)"
        for name in ("parameters", "latency")
    }
    return (
        f"Parameters {change['parameters']}, time {change['latency']}, "
        f"{way(benchmark['networks'][0])}."
    )


def facts(benchmark: Benchmark) -> list[Fact]:
    """The figures that stand first, of the first threads and batch."""
    first = benchmark["networks"][0]
    same = ("threads", "batch", "family")
    own = [one for one in benchmark["networks"] if one["name"] == MULTI_TASK]
    own = [one for one in own if all(one[key] == first[key] for key in same)]
    best = min(own, key=lambda one: one["latency_ms"]["median"])
    found = [
        Fact(
            "One pass",
            f"{milliseconds(best['latency_ms']['median'])} ms",
            "",
            f"{way(best)}, the fastest here; {condition(best)}",
        )
    ]
    titles = {
        "single-task": "Part of their time",
        "tensorflow": "Times faster",
    }
    for kind, one in ((kind, _ratio(benchmark, kind, best)) for kind in titles):
        if one is not None:
            value = digits(one["value"]) + (" x" if kind == "tensorflow" else "")
            note = ("of " if kind == "single-task" else "than ") + one["to"]
            found.append(Fact(titles[kind], value, _interval(one["ci95"]), note))
    speed = max(benchmark["throughput"], key=lambda one: one["images_per_second"], default=None)
    if speed is not None:
        value = f"{milliseconds(speed['images_per_second'])} /s"
        found.append(Fact("Images, all cores", value, "", f"{way(speed)}, {speed['way']}"))
    if benchmark["first_result_s"] is not None:
        value = f"{benchmark['first_result_s']:.2f} s"
        found.append(Fact("First result", value, "", "auxnet predict of one photo, from the start"))
    if best["peak_rss_mb"] is not None:
        value = f"{best['peak_rss_mb']:.0f} MB"
        found.append(Fact("Peak memory", value, "", f"of the whole process, {way(best)}"))
    return found


def remarks(benchmark: Benchmark) -> list[str]:
    """What must be known of single figures."""
    sizes = {
        f"{one['name']} takes {one['input']['height']} x {one['input']['width']} only: it was "
        "timed at that size."
        for one in benchmark["against"]
        if one["own_size"] and one["input"] != benchmark["input"]
    }
    few = (
        ["Of so few rounds there is no interval."]
        if any(one["ci95"] is None for one in benchmark["ratios"])
        else []
    )
    return [*benchmark["left_out"], *sorted(sizes), *few]


def digits(value: float) -> str:
    """A ratio to three digits."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _ratio(benchmark: Benchmark, kind: str, network: Mapping[str, Any]) -> Mapping[str, Any] | None:
    same = ("engine", "precision", "threads", "batch", "family")
    return next(
        (
            one
            for one in benchmark["ratios"]
            if one["kind"] == kind and all(one[key] == network[key] for key in same)
        ),
        None,
    )


def _interval(bounds: Sequence[float] | None) -> str:
    return ABSENT if bounds is None else "-".join(digits(end) for end in bounds)


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    time, peak = one["latency_ms"], one["peak_rss_mb"]
    return (
        one["name"],
        milliseconds(time["median"]),
        f"{milliseconds(time['p5'])}-{milliseconds(time['p95'])}",
        f"{one['parameters'] / 1e6:.1f}",
        f"{one['gflop']:.1f}",
        f"{100 * one['peak_share']:.0f} %",
        "" if peak is None else f"{peak:.0f}",
    )
