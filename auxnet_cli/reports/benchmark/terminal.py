"""The benchmark in the terminal, like the paper's Table VI, 80 columns wide."""

from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.benchmark.tables import (
    MULTI_TASK,
    against_sheet,
    facts,
    network_sheets,
    ratio_sheets,
    reduction,
    remarks,
)
from auxnet_cli.reports.formatting import some
from auxnet_cli.reports.table import Sheet
from auxnet_cli.reports.terminal.evaluation import table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def benchmark_table(document: dict[str, Any]) -> "RenderableType":
    """What ``auxnet benchmark`` shows of a document as in ``benchmark.json``."""
    from rich.console import Group
    from rich.text import Text

    cpu, size, peak = document["cpu"], document["input"], document["peak"]
    others = against_sheet(document)
    shown: list[RenderableType] = [_marked(sheet) for sheet in network_sheets(document)]
    shown += [] if others is None else [table(_narrow(others))]
    shown += [table(_short(sheet)) for sheet in ratio_sheets(document)]
    shown += [Text(f"{one.title}: {one.value} ({one.note}).") for one in facts(document)]
    shown.append(Text(reduction(document), style="bold"))
    shown += [Text(line, style="yellow") for line in remarks(document)]
    speeds = ", ".join(
        f"{one['gflops']:.0f} in {one['precision']} ({some(one['threads'], 'thread')})"
        for one in peak["gflops"]
    )
    shown.append(
        Text(
            f"{cpu['model']}, input {size['height']} x {size['width']}, "
            f"{document['networks'][0]['runs']} interleaved rounds. peak: part of {speeds} "
            f"GFLOP/s, {peak['method']} in the same rounds. MB: peak of the whole process. "
            f"{document['call_style']}.",
            style="dim",
        )
    )
    return Group(*shown)


def _marked(sheet: Sheet) -> "Table":
    """A table with the one network in bold."""
    made = table(sheet)
    for row, cells in zip(made.rows, sheet.rows, strict=True):
        row.style = "bold" if cells[0] == MULTI_TASK else None
    return made


def _narrow(sheet: Sheet) -> Sheet:
    """Without the columns that do not fit: the input, and the number of parameters."""
    kept = [place for place, name in enumerate(sheet.header) if name not in {"Input", "M par."}]
    rows = tuple(tuple(row[place] for place in kept) for row in sheet.rows)
    return Sheet(sheet.title, tuple(sheet.header[place] for place in kept), rows)


def _short(sheet: Sheet) -> Sheet:
    """With names that leave a row on its line."""
    rows = tuple(tuple(cell.replace(" networks", "") for cell in row) for row in sheet.rows)
    return Sheet(sheet.title, sheet.header, rows)
