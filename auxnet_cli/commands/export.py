"""``auxnet export``: the network as an artefact for another runtime."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Kept, Model, split_names
from auxnet_cli.inference.engines.registry import engines_with, format_names
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.export import ExportSummary


@command
def export(
    model: Model = None,
    tasks: Kept = None,
    formats: Annotated[
        str,
        typer.Option("--format", help=f"Of {', '.join(format_names())}, with commas between."),
    ] = "openvino",
    data: Annotated[
        Path | None,
        typer.Option(
            help="A prepared data set, or images, to compare both networks on.",
            show_default="the run's own, else noise",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the formats' folders.", show_default="RUN/exports"),
    ] = None,
    int8: Annotated[
        bool,
        typer.Option(
            "--int8",
            help=f"Quantise, for {' and '.join(engines_with('int8'))}; takes a prepared data set "
            "and minutes.",
        ),
    ] = False,
) -> "ExportSummary":
    """Write the network for other runtimes, and prove that it answers alike."""
    from auxnet_cli.jobs.export import export as run_export
    from auxnet_cli.reports.terminal.export import export_table
    from auxnet_cli.task import parse_tasks

    kept = parse_tasks(tasks)
    summary = run_export(model, split_names(formats), data, out, int8, kept)
    console().print(export_table(summary))
    return summary
