"""Fills the tables of a benchmark, which page, Markdown and terminal share."""

from collections.abc import Sequence
from itertools import groupby

from auxnet_cli.documents.benchmark import (
    Benchmark,
    Condition,
    ExternalTimes,
    NetworkTimes,
)
from auxnet_cli.reports.formatting import ABSENT, counted, three_digits
from auxnet_cli.reports.table import Table

MULTI_TASK = "Defect-Aux-Net"
TOGETHER = {1: "the one alone", 2: "the two together", 3: "the three together"}
HEADER = ("Network", "ms", "5-95 %", "M par.", "GFLOP", "peak", "MB")


def condition(times: Condition) -> str:
    """Returns threads and batch in words: ``1 thread, batch 1``."""
    return f"{counted(times.threads, 'thread')}, batch {times.batch}"


def ratio_digits(value: float) -> str:
    """Returns a ratio to three digits."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio_interval(bounds: Sequence[float] | None) -> str:
    """Returns the interval of a ratio: ``2.01-2.15``."""
    return ABSENT if bounds is None else "-".join(map(ratio_digits, bounds))


def families(benchmark: Benchmark) -> list[list[NetworkTimes]]:
    """Returns each multi-task network with its single-task networks, in one condition each."""

    def key(network: NetworkTimes) -> tuple[int, int, str, str]:
        return network.threads, network.batch, network.label, network.family

    return [list(group) for _, group in groupby(benchmark.networks, key)]


def network_tables(benchmark: Benchmark) -> list[Table]:
    """Returns a table for each family: single-task networks, their sum, the multi-task network.

    Networks that stand alone have rows and no sum.
    """
    several = len({network.family for network in benchmark.networks}) > 1
    tables = []
    for family in families(benchmark):
        ours, *singles = family
        title = f"{ours.label}, {condition(ours)}" + (f": {ours.family}" if several else "")
        if ours.name != MULTI_TASK:
            tables.append(Table(title, HEADER, tuple(map(_row, family))))
            continue
        total = (
            TOGETHER[len(singles)],
            three_digits(sum(single.latency_ms.median for single in singles)),
            "",
            f"{sum(single.parameters for single in singles) / 1e6:.1f}",
            f"{sum(single.gflop for single in singles):.1f}",
            "",
            "",
        )
        tables.append(Table(title, HEADER, (*map(_row, singles), total, _row(ours))))
    return tables


def external_table(benchmark: Benchmark) -> Table | None:
    """Returns the table of external models, if there are any."""
    several = len({condition(model) for model in benchmark.against}) > 1
    rows = tuple(
        (
            model.name,
            f"{model.label}, {condition(model)}" if several else model.label,
            f"{model.input.height} x {model.input.width}",
            *_row(model)[1:],
        )
        for model in benchmark.against
    )
    header = ("Model", "Way", "Input", *HEADER[1:])
    return Table("Other models", header, rows) if rows else None


def ratio_tables(benchmark: Benchmark) -> list[Table]:
    """Returns the ratios: part of the single-task networks' time, and times faster than others."""
    several_conditions = len({condition(ratio) for ratio in benchmark.ratios}) > 1
    several_families = len({ratio.family for ratio in benchmark.ratios}) > 1
    parts: list[tuple[str, ...]] = []
    faster: list[tuple[str, ...]] = []
    for ratio in benchmark.ratios:
        name = ratio.label
        name += f", {ratio.family}" if several_families else ""
        name += f", {condition(ratio)}" if several_conditions else ""
        rows, unit = (parts, "") if ratio.kind == "single-task" else (faster, " x")
        rows.append((name, ratio.to, ratio_digits(ratio.value) + unit, ratio_interval(ratio.ci95)))
    header = (f"{MULTI_TASK} in", "held against", "ratio", "95 %")
    titles = {"One pass, as a part of": parts, "One pass, times faster than": faster}
    return [Table(title, header, tuple(rows)) for title, rows in titles.items() if rows]


def machine_table(benchmark: Benchmark) -> Table:
    """Returns the table of the machine, and of what it can do at best."""
    cpu, size = benchmark.cpu, benchmark.input
    rows = [
        ("CPU", f"{cpu.model}, {counted(cpu.cores, 'core')}"),
        ("Instructions", ", ".join(cpu.flags) or ABSENT),
        ("Input", f"{size.height} x {size.width}"),
        ("Called by", benchmark.call_style),
    ]
    rows += [
        (
            f"Peak, {peak.precision}, {counted(peak.threads, 'thread')}",
            f"{peak.gflops:,.0f} GFLOP/s",
        )
        for peak in benchmark.peak.gflops
    ]
    rows += [
        (
            f"All cores, {speed.label}",
            f"{three_digits(speed.images_per_second)} images/s ({speed.way})",
        )
        for speed in benchmark.throughput
    ]
    rows.append(("auxnet", benchmark.tool_version))
    return Table("Where it was timed, and what that can do at best", ("", ""), tuple(rows))


def _row(network: NetworkTimes | ExternalTimes) -> tuple[str, ...]:
    time, memory = network.latency_ms, network.peak_rss_mb
    return (
        network.name,
        three_digits(time.median),
        f"{three_digits(time.p5)}-{three_digits(time.p95)}",
        f"{network.parameters / 1e6:.1f}",
        f"{network.gflop:.1f}",
        f"{100 * network.peak_share:.0f} %",
        "" if memory is None else f"{memory:.0f}",
    )
