"""``auxnet lr``: the learning-rate range test."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console


@command
def lr(
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
    out: Annotated[
        Path | None, typer.Option(help="Folder for the plot; ./range_test if not given.")
    ] = None,
) -> dict[str, Any]:
    """Find a learning rate: train for a minute with a rate that grows, and see where it fails."""
    from auxnet_cli.tasks import parse_tasks
    from auxnet_cli.training.find_lr import find_lr

    found = find_lr(parse_tasks(tasks), data, preset, config, set_ or (), out)
    terminal = console()
    terminal.print(f"Peak learning rate: [bold]{found['peak']:.2g}[/]")
    terminal.print(f"Plot: {Path(found['out']) / 'range_test.png'}", markup=False)
    terminal.print(f"Next: auxnet train --set training.learning_rate={found['peak']:.2g}")
    return found
