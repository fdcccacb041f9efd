"""``auxnet compare``: runs side by side on the same images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import CostEscape, CostFalseAlarm, Data, Engine, Precision, Split
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.comparison import Comparison


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
    split: Split = "test",
    data: Data = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the comparison.", show_default="comparisons/RUN-RUN-SPLIT"),
    ] = None,
    cost_escape: CostEscape = 1.0,
    cost_false_alarm: CostFalseAlarm = 1.0,
    engine: Engine = "auto",
    precision: Precision = "fp32",
) -> "Comparison":
    """Set runs side by side on the same images: each difference, and whether it is chance."""
    from auxnet_cli.jobs.compare import compare as run_comparison
    from auxnet_cli.jobs.compare import comparison_folder
    from auxnet_cli.reports.comparison.tables import comparison_tables

    comparison = run_comparison(
        runs,
        data,
        split,
        out,
        cost_escape=cost_escape,
        cost_false_alarm=cost_false_alarm,
        engine=engine,
        precision=precision,
    )
    screen = console()
    screen.print(comparison_tables(comparison))
    page = comparison_folder(runs, split, out) / "comparison.html"
    screen.print(f"Comparison: {page}", markup=False)
    return comparison
