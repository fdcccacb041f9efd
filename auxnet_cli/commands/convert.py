"""``auxnet convert``: writes a data set in another program's format."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.data.exporters import EXPORTERS
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.prepared import Conversion

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
) -> "Conversion":
    """Write a data set in another format, and say what that cannot express."""
    from rich.markup import escape

    from auxnet_cli.commands.audit_findings import show_findings
    from auxnet_cli.jobs.convert import convert as run

    converted = run(data, to, out=out)
    screen = console()
    show_findings(converted.audit, converted.findings)
    lost = f" What {to} cannot express: {converted.out}/audit.md." if converted.audit else ""
    screen.print(
        escape(
            f"{converted.images} images with {converted.annotations} defects written to "
            f"{converted.out}.{lost}"
        )
    )
    return converted
