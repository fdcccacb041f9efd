"""``auxnet lr``: the learning-rate range test."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Config, Data, Overrides, Preset, Tasks
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.training_result import LearningRate


@command
def lr(
    tasks: Tasks = None,
    data: Data = None,
    preset: Preset = None,
    config: Config = None,
    set_: Overrides = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the plot; ./range_test if not given.")
    ] = None,
) -> "LearningRate":
    """Find a learning rate: train for a minute with a rate that grows, and see where it fails."""
    from auxnet_cli.jobs.find_lr import find_lr
    from auxnet_cli.task import parse_tasks

    result = find_lr(parse_tasks(tasks), data, preset, config, set_ or (), out)
    terminal = console()
    terminal.print(f"Peak learning rate: [bold]{result.peak:.2g}[/]")
    terminal.print(f"Plot: {Path(result.out) / 'range_test.png'}", markup=False)
    terminal.print(f"Next: auxnet train --set training.learning_rate={result.peak:.2g}")
    return result
