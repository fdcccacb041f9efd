"""``auxnet prepare``: somebody's annotations into the common format."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.data.sources.registry import FORMATS, POLICIES
from auxnet_cli.plain_text import alternatives
from auxnet_cli.terminal import command, console, warn


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
) -> Any:
    """Turn somebody's annotations into the common format, and say what is odd in them."""
    from auxnet_cli.data.audit.strict import FindingsError
    from auxnet_cli.jobs.prepare import prepare as run

    try:
        summary = run(
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
        _show_audit(error.summary, error.summary["audit_folder"])
        raise
    _show(summary)
    return summary


def _show(summary: dict[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from auxnet_cli.reports.audit.markdown import told

    screen, out = console(), summary["out"]
    # A row a class: a set may have more of them than a terminal has columns.
    counts = summary["counts"]
    table = Table(title=escape(f"{summary['name']}: images by class and split"))
    table.add_column("")
    for split in counts:
        table.add_column(split, justify="right")
    for name in ("images", "good", "defective"):
        last = name == "defective"
        table.add_row(name, *(str(own[name]) for own in counts.values()), end_section=last)
    for name in summary["classes"]:
        table.add_row(escape(name), *(str(own["classes"][name]) for own in counts.values()))
    screen.print(table)
    _show_audit(summary, out)
    screen.print(escape(f"Anchors: {told(summary['coverage'])}"))
    if summary["warnings"]:
        warn("\n".join(summary["warnings"]))
    screen.print(escape(f"Written to {out}. Next: {_next(counts, out)}"))


def _next(counts: dict[str, Any], out: str) -> str:
    """What to call next: a set without training images is there to be evaluated on."""
    data = "" if Path(out).parent == Path("data") else f" --data {out}"
    if counts["train"]["images"]:
        return f"auxnet train --tasks cls,seg,det{data}"
    split = "" if counts["test"]["images"] else " --split val"
    return f"auxnet evaluate --model RUN{data}{split}"


def _show_audit(summary: dict[str, Any], folder: str) -> None:
    from rich.markup import escape

    from auxnet_cli.commands.audit_findings import show_findings

    if summary["audit"]:
        console().print(escape(f"Audit ({folder}/audit.html, audit.md):"))
        # Those of the whole set are told as warnings, or in a line of their own.
        of_files = [finding for finding in summary["findings"] if finding["file"]]
        show_findings(summary | {"findings": of_files})
