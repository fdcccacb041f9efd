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
from auxnet_cli.reports.formatting import counted
from auxnet_cli.reports.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as RichTable


def benchmark_table(document: dict[str, Any]) -> "RenderableType":
    """What ``auxnet benchmark`` shows of a document as in ``benchmark.json``."""
    from rich.console import Group
    from rich.text import Text

    cpu, size, peak = document["cpu"], document["input"], document["peak"]
    others = against_sheet(document)
    shown: list[RenderableType] = [_marked(sheet) for sheet in network_sheets(document)]
    shown += [] if others is None else [_narrow(others).to_rich()]
    shown += [_short(sheet).to_rich() for sheet in ratio_sheets(document)]
    shown += [Text(f"{one.title}: {one.value} ({one.note}).") for one in facts(document)]
    shown.append(Text(reduction(document), style="bold"))
    shown += [Text(line, style="yellow") for line in remarks(document)]
    speeds = ", ".join(
        f"{one['gflops']:.0f} in {one['precision']} ({counted(one['threads'], 'thread')})"
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


def _marked(sheet: Table) -> "RichTable":
    """A table with the one network in bold."""
    made = sheet.to_rich()
    for row, cells in zip(made.rows, sheet.rows, strict=True):
        row.style = "bold" if cells[0] == MULTI_TASK else None
    return made


def _narrow(sheet: Table) -> Table:
    """Without the columns that do not fit: the input, and the number of parameters."""
    kept = [place for place, name in enumerate(sheet.header) if name not in {"Input", "M par."}]
    rows = tuple(tuple(row[place] for place in kept) for row in sheet.rows)
    return Table(sheet.title, tuple(sheet.header[place] for place in kept), rows)


def _short(sheet: Table) -> Table:
    """With names that leave a row on its line."""
    rows = tuple(tuple(cell.replace(" networks", "") for cell in row) for row in sheet.rows)
    return Table(sheet.title, sheet.header, rows)
