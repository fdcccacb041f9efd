"""Renders the benchmark as one HTML page, as Markdown and, 80 columns wide, for the terminal."""

from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.reports.benchmark.headline import facts, reduction, remarks
from auxnet_cli.reports.benchmark.tables import (
    MULTI_TASK,
    condition,
    external_table,
    families,
    machine_table,
    network_tables,
    ratio_tables,
)
from auxnet_cli.reports.charts.chart import Chart
from auxnet_cli.reports.charts.latencies import latencies_chart, lines_of
from auxnet_cli.reports.formatting import counted
from auxnet_cli.reports.table import Table, escape_markdown, markdown_list
from auxnet_cli.reports.templates import render

TITLE = "Inference time on the CPU"


def benchmark_page(benchmark: Benchmark) -> str:
    """Returns ``benchmark.html``."""
    return render(
        "benchmark.html.j2",
        benchmark=benchmark,
        title=TITLE,
        facts=facts(benchmark),
        reduction=reduction(benchmark),
        remarks=remarks(benchmark),
        plots=latency_charts(benchmark),
        ratios=ratio_tables(benchmark),
        networks=network_tables(benchmark),
        against=external_table(benchmark),
        machine=machine_table(benchmark),
        terms=terms(benchmark),
    )


def benchmark_markdown(benchmark: Benchmark) -> str:
    """Returns ``benchmark.md``."""
    rows = tuple((fact.title, fact.value, fact.interval, fact.note) for fact in facts(benchmark))
    headline = Table("Headline", ("Figure", "Value", "95 %", "Of"), rows)
    external = external_table(benchmark)
    tables = [*ratio_tables(benchmark), *network_tables(benchmark)]
    tables += (
        [machine_table(benchmark)] if external is None else [external, machine_table(benchmark)]
    )
    saved = escape_markdown(reduction(benchmark))
    blocks = [f"# {TITLE}", headline.to_markdown(), *([saved] if saved else [])]
    blocks += [f"> {escape_markdown(line)}" for line in remarks(benchmark)]
    for table in tables:
        blocks += [f"## {escape_markdown(table.title)}", table.to_markdown()]
    blocks += markdown_list("What the figures mean", terms(benchmark))
    return "\n\n".join(blocks) + "\n"


def benchmark_table(benchmark: Benchmark) -> RenderableType:
    """Returns what ``auxnet benchmark`` shows."""
    cpu, size, peak = benchmark.cpu, benchmark.input, benchmark.peak
    external = external_table(benchmark)
    parts: list[RenderableType] = [_emphasised(table) for table in network_tables(benchmark)]
    parts += [] if external is None else [_narrowed(external).to_rich()]
    parts += [_shortened(table).to_rich() for table in ratio_tables(benchmark)]
    parts += [Text(f"{fact.title}: {fact.value} ({fact.note}).") for fact in facts(benchmark)]
    saved = reduction(benchmark)
    parts += [Text(saved, style="bold")] if saved else []
    parts += [Text(line, style="yellow") for line in remarks(benchmark)]
    speeds = ", ".join(
        f"{speed.gflops:.0f} in {speed.precision} ({counted(speed.threads, 'thread')})"
        for speed in peak.gflops
    )
    parts.append(
        Text(
            f"{cpu.model}, input {size.height} x {size.width}, "
            f"{benchmark.networks[0].runs} interleaved rounds. peak: part of {speeds} "
            f"GFLOP/s, {peak.method} in the same rounds. MB: peak of the whole process. "
            f"{benchmark.call_style}.",
            style="dim",
        )
    )
    return Group(*parts)


def _emphasised(table: Table) -> RichTable:
    """Returns a table with the multi-task network in bold."""
    drawn = table.to_rich()
    for row, cells in zip(drawn.rows, table.rows, strict=True):
        row.style = "bold" if cells[0] == MULTI_TASK else None
    return drawn


def _narrowed(table: Table) -> Table:
    """Drops the columns that do not fit: the input, and the number of parameters."""
    kept = [column for column, name in enumerate(table.header) if name not in {"Input", "M par."}]
    rows = tuple(tuple(row[column] for column in kept) for row in table.rows)
    return Table(table.title, tuple(table.header[column] for column in kept), rows)


def _shortened(table: Table) -> Table:
    """Shortens names so that a row stays on its line."""
    rows = tuple(tuple(cell.replace(" networks", "") for cell in row) for row in table.rows)
    return Table(table.title, table.header, rows)


def latency_charts(benchmark: Benchmark) -> list[Chart]:
    """Returns a chart for each number of threads and each batch."""
    groups = groupby(families(benchmark), lambda family: condition(family[0]))
    return [
        latencies_chart(lines_of(benchmark, list(group)), title, number)
        for number, (title, group) in enumerate(groups)
    ]


def terms(benchmark: Benchmark) -> list[str]:
    """Returns what the figures mean, in sentences."""
    runs = benchmark.networks[0].runs
    return [
        "ms: the median time of one call on pixels in memory, a whole batch. 5-95 %: what the "
        "calls stay between; wide where the machine did other work.",
        f"All was timed in turn, {runs} rounds in one process for each number of threads, so that "
        "what slows the machine down meets all alike: trust the ratios more than the milliseconds.",
        "95 % interval of a ratio: a bootstrap that draws whole rounds. The ratio is one of sums "
        "of medians.",
        "GFLOP: two operations a multiply-accumulate, for one image, in convolutions and matrix "
        "multiplications.",
        f"peak: the part of the CPU's speed that the network reaches in its precision; that speed "
        f"is {benchmark.peak.method}, timed in the same rounds.",
        "MB: the peak memory of a process with this network alone, libraries included.",
        "Images, all cores: the multi-task network, image after image; in OpenVINO several at a "
        "time, one a stream.",
        "First result: a fresh process of auxnet predict on one photo, from start to end; the "
        "median of several, files in the system's memory.",
    ]
