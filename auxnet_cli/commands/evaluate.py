"""``auxnet evaluate``: the scores of a run on a split."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import (
    CostEscape,
    CostFalseAlarm,
    Data,
    Engine,
    Kept,
    Mirrored,
    Model,
    Precision,
    Split,
)
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.report import Report


@command
def evaluate(
    model: Model = None,
    data: Data = None,
    split: Split = "test",
    tasks: Kept = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the report.", show_default="RUN/evaluation/SPLIT"),
    ] = None,
    cost_escape: CostEscape = 1.0,
    cost_false_alarm: CostFalseAlarm = 1.0,
    mm_per_pixel: Annotated[
        float | None,
        typer.Option(help="Millimetres a pixel; sizes of defects then come in millimetres."),
    ] = None,
    engine: Engine = "auto",
    precision: Precision = "fp32",
    mirrored: Mirrored = False,
) -> "Report":
    """Score a run on a split: classes, masks, boxes and the verdict."""
    from auxnet_cli.jobs.evaluate import evaluate as run_evaluation
    from auxnet_cli.jobs.evaluate import report_folder
    from auxnet_cli.reports.evaluation.text import report_tables
    from auxnet_cli.task import parse_tasks

    kept = parse_tasks(tasks)
    report = run_evaluation(
        model,
        data,
        split,
        out,
        cost_escape=cost_escape,
        cost_false_alarm=cost_false_alarm,
        mm_per_pixel=mm_per_pixel,
        engine=engine,
        precision=precision,
        mirrored=mirrored,
        tasks=kept,
    )
    screen = console()
    screen.print(report_tables(report.document()))
    screen.print(f"Report: {report_folder(model, split, out, kept) / 'report.html'}", markup=False)
    return report
