"""The evaluation report in the terminal, 80 columns wide."""

from typing import TYPE_CHECKING

from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.tables import sheets
from auxnet_cli.reports.formatting import count, some
from auxnet_cli.reports.table import Report, Sheet

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def report_tables(report: Report) -> "RenderableType":
    """What ``auxnet evaluate`` shows of a report as in ``report.json``."""
    from rich.console import Group
    from rich.text import Text

    heading = (
        f"{report['dataset']['name']}, split {report['split']}: {some(report['images'], 'image')}, "
        f"{count(report['defective'])} defective, {count(report['good'])} good"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    for one in cautions(report):
        style = "bold red" if one.grave else "yellow"
        parts.append(Text.assemble((f"{one.lead}. ", style), one.text))
    parts += [table(sheet) for sheet in sheets(report)]
    return Group(*parts)


def table(sheet: Sheet) -> "Table":
    """One table for the terminal, numbers to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    made = Table(title=sheet.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for index, name in enumerate(sheet.header):
        made.add_column(name, justify="right" if index else "left", overflow="fold")
    for row in sheet.rows:
        # As text: a class name in brackets is no markup.
        made.add_row(*map(Text, row))
    return made
