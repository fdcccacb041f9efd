"""``auxnet convert``: writes a data set in another program's format."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.data.exporters import EXPORTERS
from auxnet_cli.terminal import command, console

_FORMATS = ", ".join(EXPORTERS)
_HELP = " or ".join(_FORMATS.rsplit(", ", 1)) + "."


@command
def convert(
    data: Annotated[Path, typer.Argument(help="A prepared data set: its folder or name.")],
    *,
    to: Annotated[str, typer.Option(help=_HELP)],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write.", show_default="<name>-<format>")
    ] = None,
) -> Any:
    """Write a data set in another format, and say what that cannot express."""
    from rich.markup import escape

    from auxnet_cli.commands.audit_findings import show_findings
    from auxnet_cli.documents.audit import Finding
    from auxnet_cli.jobs.convert import convert as run

    summary = run(data, to, out=out)
    screen = console()
    show_findings(summary["audit"], [Finding(**finding) for finding in summary["findings"]])
    lost = f" What {to} cannot express: {summary['out']}/audit.md." if summary["audit"] else ""
    screen.print(
        escape(
            f"{summary['images']} images with {summary['annotations']} defects written to "
            f"{summary['out']}.{lost}"
        )
    )
    return summary
