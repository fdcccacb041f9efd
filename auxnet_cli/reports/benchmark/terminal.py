"""Shows the benchmark in the terminal, like the paper's Table VI, 80 columns wide."""

from typing import TYPE_CHECKING

from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.reports.benchmark.headline import facts, reduction, remarks
from auxnet_cli.reports.benchmark.tables import (
    MULTI_TASK,
    external_table,
    network_tables,
    ratio_tables,
)
from auxnet_cli.reports.formatting import counted
from auxnet_cli.reports.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as RichTable


def benchmark_table(benchmark: Benchmark) -> "RenderableType":
    """Returns what ``auxnet benchmark`` shows."""
    from rich.console import Group
    from rich.text import Text

    cpu, size, peak = benchmark.cpu, benchmark.input, benchmark.peak
    external = external_table(benchmark)
    parts: list[RenderableType] = [_emphasised(table) for table in network_tables(benchmark)]
    parts += [] if external is None else [_narrowed(external).to_rich()]
    parts += [_shortened(table).to_rich() for table in ratio_tables(benchmark)]
    parts += [Text(f"{fact.title}: {fact.value} ({fact.note}).") for fact in facts(benchmark)]
    parts.append(Text(reduction(benchmark), style="bold"))
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


def _emphasised(table: Table) -> "RichTable":
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
