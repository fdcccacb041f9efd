"""``auxnet predict``: verdict, classes, masks and boxes of images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Engine, Kept, Mirrored, Model, Precision, split_names
from auxnet_cli.prediction_files import FORMATS
from auxnet_cli.terminal import PartlyDone, command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.prediction import PredictionSummary

_OPTIONAL = ", ".join(sorted(entry.name for entry in FORMATS.values() if entry.optional))


@command
def predict(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Folders (with sub-folders), images, patterns.",
            show_default=False,
        ),
    ],
    *,
    model: Model = None,
    tasks: Kept = None,
    out: Annotated[
        Path | None, typer.Option(help="Output folder.", show_default="predictions/RUN")
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=f"Of {_OPTIONAL}, with commas between; predictions.jsonl is always written.",
            show_default="all that the run's tasks allow",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Score from which a class, pixel or box counts, 0-1.", show_default="the run's own"
        ),
    ] = None,
    engine: Engine = "auto",
    precision: Precision = "fp32",
    threads: Annotated[
        int | None, typer.Option(help="Cores to use in all.", show_default="all cores")
    ] = None,
    mirrored: Mirrored = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first image that cannot be read.")
    ] = False,
) -> "PredictionSummary | PartlyDone":
    """Inspect images: verdict, classes, masks and boxes of each."""
    from auxnet_cli.jobs.predict import predict as run_prediction
    from auxnet_cli.reports.terminal.prediction import prediction_table
    from auxnet_cli.task import parse_tasks

    summary = run_prediction(
        inputs,
        model=model,
        out=out,
        tasks=parse_tasks(tasks),
        formats=None if formats is None else split_names(formats),
        threshold=threshold,
        engine=engine,
        threads=threads,
        precision=precision,
        mirrored=mirrored,
        strict=strict,
    )
    console().print(prediction_table(summary))
    return PartlyDone(summary) if summary.unreadable else summary
