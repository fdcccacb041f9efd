"""``auxnet pretrain``."""

from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Config, Data, Overrides, Preset, Run, Tasks
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.training_result import PretrainingResult


@command
def pretrain(
    tasks: Tasks = None,
    data: Data = None,
    images: Annotated[
        int | None, typer.Option(help="Images to draw; pretraining.images if not given.")
    ] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Overrides = None,
    out: Run = None,
) -> "PretrainingResult":
    """Train first on made-up defects, drawn onto your own images of good parts."""
    from rich.markup import escape

    from auxnet_cli.jobs.pretrain import pretrain as run
    from auxnet_cli.task import parse_tasks

    result = run(parse_tasks(tasks), data, images, preset, config, set_ or (), out)
    terminal = console()
    drawn = sum(split.images for split in result.grown.counts.values())
    terminal.print(
        f"Trained {result.epochs} epochs on {drawn} drawn images "
        f"({escape(result.grown.out)}) in {result.seconds / 60:.1f} min; the network of "
        f"epoch {result.best_epoch} is kept. The run: [bold]{escape(result.run)}[/]"
    )
    follow = f"auxnet train --from {result.run} --data {result.photos}"
    terminal.print(f"Next: [bold]{escape(follow)}[/]")
    return result
