"""``auxnet evaluate``: the scores of a run on a split."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console


@command
def evaluate(
    model: Annotated[
        Path | None, typer.Option(help="A run or its model file.", show_default="runs/latest")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A prepared data set.", show_default="the newest in ./data")
    ] = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the report.", show_default="RUN/evaluation/SPLIT"),
    ] = None,
) -> dict[str, Any]:
    """Score a run on a split: classes, masks, boxes and the verdict."""
    from auxnet_cli.reports.tables import report_tables
    from auxnet_cli.runtime.evaluate import evaluate as run_evaluation
    from auxnet_cli.runtime.evaluate import report_folder

    report = run_evaluation(model, data, split, out)
    screen = console()
    screen.print(report_tables(report))
    screen.print(f"Report: {report_folder(model, split, out) / 'report.md'}", markup=False)
    return report
