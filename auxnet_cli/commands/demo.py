"""``auxnet demo``: all steps on synthetic steel, without a download."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.demonstration import Demonstration

FOLDER = Path("auxnet-demo")


@command
def demo(
    out: Annotated[Path, typer.Option(help="Workspace to make, or to use again.")] = FOLDER,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only show that all works: few images, low scores.")
    ] = False,
) -> "Demonstration":
    """Make a synthetic data set, then prepare, train, evaluate, predict and benchmark on it."""
    from auxnet_cli.jobs.demonstrate import demonstrate
    from auxnet_cli.reports.terminal.demo import demo_panel

    terminal = console()
    result = demonstrate(out, quick, lambda step: terminal.print(f"[bold]{step}[/]"))
    terminal.print(demo_panel(result))
    return result
