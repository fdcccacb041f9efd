"""``auxnet compare``: runs side by side on the same images."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console


@command
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN RUN...",
            help="Runs or their model files; the others are compared with the first.",
            show_default=False,
        ),
    ],
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    data: Annotated[
        Path | None, typer.Option(help="A prepared data set.", show_default="the newest in ./data")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the comparison.", show_default="comparisons/RUN-RUN-SPLIT"),
    ] = None,
    cost_escape: Annotated[
        float, typer.Option(help="Cost of a defective part passed as good, in any unit.")
    ] = 1.0,
    cost_false_alarm: Annotated[
        float, typer.Option(help="Cost of a good part stopped, in the same unit.")
    ] = 1.0,
) -> dict[str, Any]:
    """Set runs side by side on the same images: each difference, and whether it is chance."""
    from auxnet_cli.reports.comparison_tables import comparison_tables
    from auxnet_cli.runtime.compare import compare as run_comparison
    from auxnet_cli.runtime.compare import comparison_folder

    document = run_comparison(
        runs, data, split, out, cost_escape=cost_escape, cost_false_alarm=cost_false_alarm
    )
    screen = console()
    screen.print(comparison_tables(document))
    page = comparison_folder(runs, split, out) / "comparison.html"
    screen.print(f"Comparison: {page}", markup=False)
    return document
