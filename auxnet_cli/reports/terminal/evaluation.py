"""Shows the report of an evaluation in the terminal, 80 columns wide."""

from typing import TYPE_CHECKING

from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.tables import tables
from auxnet_cli.reports.formatting import count, counted
from auxnet_cli.reports.table import Document

if TYPE_CHECKING:
    from rich.console import RenderableType


def report_tables(report: Document) -> "RenderableType":
    """Returns what ``auxnet evaluate`` shows of a report as in ``report.json``."""
    from rich.console import Group
    from rich.text import Text

    heading = (
        f"{report['dataset']['name']}, split {report['split']}: "
        f"{counted(report['images'], 'image')}, {count(report['defective'])} defective, "
        f"{count(report['good'])} good"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    for caution in cautions(report):
        style = "bold red" if caution.grave else "yellow"
        parts.append(Text.assemble((f"{caution.lead}. ", style), caution.text))
    return Group(*parts, *(table.to_rich() for table in tables(report)))
