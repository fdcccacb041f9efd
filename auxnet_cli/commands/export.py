"""``auxnet export``: the network as an artefact for another runtime."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.commands.options import Model
from auxnet_cli.terminal import command, console


@command
def export(
    model: Model = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format", help="Of openvino, onnx, litert, saved_model, with commas between."
        ),
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
            "--int8", help="Quantise, for openvino and onnx; takes a prepared data set and minutes."
        ),
    ] = False,
) -> dict[str, Any]:
    """Write the network for other runtimes, and prove that it answers alike."""
    from auxnet_cli.jobs.export import export as run_export
    from auxnet_cli.reports.terminal.export import export_table

    names = [name.strip() for name in formats.split(",") if name.strip()]
    summary = run_export(model, names, data, out, int8)
    console().print(export_table(summary))
    return summary
