"""``auxnet pretrain``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console


@command
def pretrain(
    tasks: Annotated[
        str | None, typer.Option(help="Branches to build, of cls, seg, det.", metavar="cls,seg,det")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A prepared data set; the newest in ./data if not given.")
    ] = None,
    images: Annotated[
        int | None, typer.Option(help="Images to draw; pretraining.images if not given.")
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
        Path | None, typer.Option(help="Folder of the run; runs/<date-time> if not given.")
    ] = None,
) -> dict[str, Any]:
    """Train first on made-up defects, drawn onto your own images of good parts."""
    from rich.markup import escape

    from auxnet_cli.tasks import parse_tasks
    from auxnet_cli.training.pretrain import pretrain as run

    result = run(parse_tasks(tasks), data, images, preset, config, set_ or (), out)
    terminal = console()
    drawn = sum(split["images"] for split in result["grown"]["counts"].values())
    terminal.print(
        f"Trained {result['epochs']} epochs on {drawn} drawn images "
        f"({escape(result['grown']['out'])}) in {result['seconds'] / 60:.1f} min; the best was "
        f"epoch {result['best_epoch']}. The run: [bold]{escape(result['run'])}[/]"
    )
    follow = f"auxnet train --from {result['run']} --data {result['photos']}"
    terminal.print(f"Next: [bold]{escape(follow)}[/]")
    return result
