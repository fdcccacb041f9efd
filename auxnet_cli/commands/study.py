"""``auxnet study``: one of the paper's tables, trained here, beside the paper's figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Data, split_names
from auxnet_cli.studies.budgets import BUDGETS
from auxnet_cli.studies.paper_studies import NAMES
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.study import Study


@command
def study(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=f"Of {', '.join(NAMES)}.", show_default=False),
    ],
    data: Data = None,
    seeds: Annotated[
        int | None, typer.Option(help="Trainings of each arm.", show_default="the budget's")
    ] = None,
    budget: Annotated[
        str, typer.Option(help=f"Size and length of trainings: {', '.join(BUDGETS)}.")
    ] = "plant",
    folds: Annotated[
        str | None,
        typer.Option(help="Of the data set, such as 1,2.", show_default="all that it has"),
    ] = None,
    parallel: Annotated[
        int | None,
        typer.Option(
            help="Trainings at a time, each on cores of its own.", show_default="by the cores"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of all studies.", show_default="studies")
    ] = None,
    table: Annotated[
        bool, typer.Option("--table", help="Train nothing: make the table of what is trained.")
    ] = False,
) -> "Study":
    """Run one of the paper's tables here, and say honestly what holds of it."""
    from auxnet_cli.jobs.study import study as run_study
    from auxnet_cli.jobs.study import study_folder
    from auxnet_cli.reports.study.page import study_tables

    document = run_study(
        name,
        data,
        seeds=seeds,
        budget=budget,
        folds=split_names(folds or ""),
        parallel=parallel,
        out=out,
        table=table,
    )
    screen = console()
    screen.print(study_tables(document))
    page = study_folder(name, data, budget, out) / "study.html"
    screen.print(f"Study: {page}", markup=False)
    return document
