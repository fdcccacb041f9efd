"""``auxnet train``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Config, Data, Overrides, Preset, Run, Tasks
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.training_result import TrainingResult


@command
def train(
    tasks: Tasks = None,
    data: Data = None,
    preset: Preset = None,
    config: Config = None,
    set_: Overrides = None,
    minutes: Annotated[
        float | None, typer.Option(help="Time budget in place of a number of epochs.")
    ] = None,
    find_lr: Annotated[
        bool, typer.Option("--find-lr", help="Find the peak learning rate by a range test first.")
    ] = False,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--no-resume",
            help="Go on with the newest unfinished run (or --out), or never; if not given, with "
            "one of the same data and settings.",
        ),
    ] = None,
    out: Run = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A run to start from, in place of model.weights.", metavar="RUN"
        ),
    ] = None,
) -> "TrainingResult":
    """Train a network on a prepared data set."""
    from rich.markup import escape

    from auxnet_cli.jobs.train import train as run
    from auxnet_cli.task import parse_tasks

    overrides = [*(set_ or ())]
    if minutes is not None:
        overrides.append(f"training.minutes={minutes}")
    if find_lr:
        overrides.append("training.find_lr=true")
    result = run(parse_tasks(tasks), data, preset, config, overrides, out, from_, resume)
    terminal = console()
    terminal.print(
        f"Trained {result.epochs} epochs in {result.seconds / 60:.1f} min; the network of epoch "
        f"{result.best_epoch} is kept. The run: [bold]{escape(result.run)}[/]"
    )
    if result.unreadable:
        terminal.print(f"[yellow]{len(result.unreadable)} unreadable images passed over.[/]")
    terminal.print("Next: [bold]auxnet evaluate[/], or [bold]auxnet predict FOLDER[/]")
    return result
