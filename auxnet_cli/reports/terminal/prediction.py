"""Shows what ``auxnet predict`` did."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from auxnet_cli.documents.prediction import PredictionSummary
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction_files import FORMATS, LINES

MOST_ERRORS = 5


def prediction_table(summary: PredictionSummary) -> RenderableType:
    """Lays out a summary for a terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_row("images", str(summary.images))
    table.add_row("defective", Text(str(summary.defective), style="bold"))
    table.add_row("good", str(summary.good))
    style = "bold yellow" if summary.unreadable else ""
    table.add_row("unreadable", Text(str(summary.unreadable), style=style))
    if summary.seconds_per_image is not None:
        table.add_row("s/image", f"{summary.seconds_per_image:.3f}")
    table.add_row("written", Text(_written(summary)))
    errors = [Text(image.error, style="yellow") for image in summary.errors[:MOST_ERRORS]]
    more = len(summary.errors) - MOST_ERRORS
    if more > 0:
        errors.append(Text(f"... and {more} more unreadable images: see {LINES}", style="yellow"))
    return Group(table, *errors)


def _written(summary: PredictionSummary) -> str:
    """Lists each file or folder that holds something, a line each."""
    paths = [Path(summary.out) / FORMATS[name].file for name in reversed(summary.formats)]
    return plain("\n".join(f"{path}{'/' * path.is_dir()}" for path in paths if path.exists()))
