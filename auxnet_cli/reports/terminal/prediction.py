"""What ``auxnet predict`` shows when it is done."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from auxnet_cli.own_files import LINES, MASKS, OVERLAYS, TABLE
from auxnet_cli.plain_text import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_ERRORS = 5
PLACES = {"overlay": f"{OVERLAYS}/", "mask": f"{MASKS}/", "csv": TABLE, "jsonl": LINES}


def prediction_table(summary: dict[str, Any]) -> "RenderableType":
    """The summary that :func:`auxnet_cli.jobs.predict.predict` gives, for a terminal."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_row("images", str(summary["images"]))
    table.add_row("defective", Text(str(summary["defective"]), style="bold"))
    table.add_row("good", str(summary["good"]))
    style = "bold yellow" if summary["unreadable"] else ""
    table.add_row("unreadable", Text(str(summary["unreadable"]), style=style))
    if summary["seconds_per_image"] is not None:
        table.add_row("s/image", f"{summary['seconds_per_image']:.3f}")
    table.add_row("written", Text(_written(summary)))
    errors = [
        Text(str(error["error"]), style="yellow") for error in summary["errors"][:MOST_ERRORS]
    ]
    more = len(summary["errors"]) - MOST_ERRORS
    if more > 0:
        errors.append(Text(f"... and {more} more unreadable images: see {LINES}", style="yellow"))
    return Group(table, *errors)


def _written(summary: dict[str, Any]) -> str:
    """Each file or folder that holds something, a line each."""
    out = Path(summary["out"])
    places = [out / PLACES[name] for name in reversed(summary["formats"])]
    written = (f"{place}{'/' if place.is_dir() else ''}" for place in places if place.exists())
    return plain("\n".join(written))
