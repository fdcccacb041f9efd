"""``auxnet train``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console


@command
def train(
    tasks: Annotated[
        str | None, typer.Option(help="Branches to build, of cls, seg, det.", metavar="cls,seg,det")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A prepared data set; the newest in ./data if not given.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Settings to start from; chosen by the data if not given.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A YAML file of settings.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="One setting; `auxnet config` lists them.", metavar="KEY=VALUE"),
    ] = None,
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
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/<date-time> if not given.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A run to start from, in place of model.weights.", metavar="RUN"
        ),
    ] = None,
) -> dict[str, Any]:
    """Train a network on a prepared data set."""
    from rich.markup import escape

    from auxnet_cli.tasks import parse_tasks
    from auxnet_cli.training.train import train as run

    overrides = [*(set_ or ())]
    if minutes is not None:
        overrides.append(f"training.minutes={minutes}")
    if find_lr:
        overrides.append("training.find_lr=true")
    result = run(parse_tasks(tasks), data, preset, config, overrides, out, from_, resume)
    terminal = console()
    terminal.print(
        f"Trained {result['epochs']} epochs in {result['seconds'] / 60:.1f} min; the best was "
        f"epoch {result['best_epoch']}. The run: [bold]{escape(result['run'])}[/]"
    )
    if result["unreadable"]:
        terminal.print(f"[yellow]{len(result['unreadable'])} unreadable images passed over.[/]")
    terminal.print("Next: [bold]auxnet evaluate[/], or [bold]auxnet predict FOLDER[/]")
    return result
