"""Implements ``auxnet prepare``, which converts somebody's annotations to the common format."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.audit_findings import show_findings
from auxnet_cli.data.sources.registry import FORMATS, POLICIES
from auxnet_cli.plain_text import alternatives
from auxnet_cli.terminal import command, console, warn

if TYPE_CHECKING:
    from auxnet_cli.documents.prepared import PreparedDataset


@command
def prepare(
    kind: Annotated[str, typer.Argument(help=f"{alternatives(FORMATS)}.")],
    source: Annotated[
        Path | None, typer.Argument(help="The folder to read; of coco also one JSON file.")
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write.", show_default="data/<name>")
    ] = None,
    val: Annotated[
        float | None,
        typer.Option(
            help="Part of the images for validation, 0-1; 1: all.", show_default="the preset's"
        ),
    ] = None,
    test: Annotated[
        float | None,
        typer.Option(
            help="Part of the images for testing, 0-1; 1: all.", show_default="the preset's"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the split and of synthetic images.")] = 0,
    group_by: Annotated[
        str | None,
        typer.Option(
            help="Photos of one part stay in one split: a CSV file,group; folder; or a regular "
            "expression on the path."
        ),
    ] = None,
    folds: Annotated[
        int, typer.Option(help="Folds for cross-validation, written to folds/; 0: none.")
    ] = 0,
    resplit: Annotated[
        bool, typer.Option("--resplit", help="Pass over the split that the source gives.")
    ] = False,
    annotations: Annotated[
        str, typer.Option(help="Of tekerreka: labelme, coco, voc or masks; auto looks.")
    ] = "auto",
    unlabelled: Annotated[
        str, typer.Option(help=f"Images that no annotation speaks of: {alternatives(POLICIES)}.")
    ] = "skip",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 2 where the audit finds anything.")
    ] = False,
    look: Annotated[str, typer.Option(help="Of synthetic images: strip or fastener.")] = "strip",
    images: Annotated[int, typer.Option(help="How many synthetic images to make.")] = 300,
) -> "PreparedDataset":
    """Turn somebody's annotations into the common format, and say what is odd in them."""
    from auxnet_cli.data.audit.strict import FindingsError
    from auxnet_cli.jobs.prepare import prepare as run

    try:
        prepared = run(
            kind,
            source,
            out=out,
            val=val,
            test=test,
            seed=seed,
            group_by=group_by,
            folds=folds,
            resplit=resplit,
            annotations=annotations,
            unlabelled=unlabelled,
            strict=strict,
            look=look,
            images=images,
        )
    except FindingsError as error:
        show_findings(error.audit.counts(), error.audit.examples(), str(error.folder))
        raise
    _show(prepared)
    return prepared


def _show(prepared: "PreparedDataset") -> None:
    from rich.markup import escape
    from rich.table import Table

    from auxnet_cli.reports.audit.wording import coverage_sentence

    screen, counts = console(), prepared.counts
    # A row for each class: a set may have more classes than a terminal has columns.
    table = Table(title=escape(f"{prepared.name}: images by class and split"))
    table.add_column("")
    for split in counts:
        table.add_column(split, justify="right")
    table.add_row("images", *(str(split.images) for split in counts.values()))
    table.add_row("good", *(str(split.good) for split in counts.values()))
    defective = (str(split.defective) for split in counts.values())
    table.add_row("defective", *defective, end_section=True)
    for name in prepared.classes:
        table.add_row(escape(name), *(str(split.classes[name]) for split in counts.values()))
    screen.print(table)
    show_findings(prepared.audit, prepared.findings, prepared.out)
    screen.print(escape(f"Anchors: {coverage_sentence(prepared.coverage)}"))
    if prepared.tile:
        high, wide = prepared.tile
        screen.print(
            f"Tiles: whole images are shrunk {prepared.shrink:.1f} times, so train cuts them into "
            f"tiles of {high} × {wide} px, too."
        )
    if prepared.warnings:
        warn("\n".join(prepared.warnings))
    screen.print(escape(f"Written to {prepared.out}. Next: {_next(prepared)}"))


def _next(prepared: "PreparedDataset") -> str:
    """Returns the next command: a set without training images is there to be evaluated on."""
    data = "" if Path(prepared.out).parent == Path("data") else f" --data {prepared.out}"
    if prepared.counts["train"].images:
        return f"auxnet train --tasks cls,seg,det{data}"
    split = "" if prepared.counts["test"].images else " --split val"
    return f"auxnet evaluate --model RUN{data}{split}"
