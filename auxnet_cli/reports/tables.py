"""The evaluation report in the terminal, 80 columns wide."""

from typing import TYPE_CHECKING

from auxnet_cli.reports.sheets import Report, Sheet, count, sheets, warning

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def report_tables(report: Report) -> "RenderableType":
    """What ``auxnet evaluate`` shows of a report as in ``report.json``."""
    from rich.console import Group
    from rich.text import Text

    heading = (
        f"{report['dataset']['name']}, split {report['split']}: {count(report['images'])} images, "
        f"{count(report['defective'])} defective, {count(report['good'])} good"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    parts += [_table(sheet) for sheet in sheets(report)]
    if report["unreadable"]:
        parts.append(
            Text(f"Passed over as unreadable: {len(report['unreadable'])}", style="yellow")
        )
    caution = warning(report)
    if caution:
        parts.append(Text(f"Warning: {caution}", style="bold yellow"))
    return Group(*parts)


def _table(sheet: Sheet) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=sheet.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for index, name in enumerate(sheet.header):
        table.add_column(name, justify="right" if index else "left", overflow="fold")
    for row in sheet.rows:
        # As text: a class name in brackets is no markup.
        table.add_row(*map(Text, row))
    return table
