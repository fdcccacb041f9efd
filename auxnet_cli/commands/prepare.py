"""``auxnet prepare``: somebody's annotations into the common format."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.terminal import command, console, warn


@command
def prepare(
    kind: Annotated[str, typer.Argument(help="severstal, masks or synthetic.")],
    source: Annotated[Path | None, typer.Argument(help="The folder to read.")] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write.", show_default="data/<name>")
    ] = None,
    val: Annotated[
        float | None,
        typer.Option(help="Part of the images for validation, 0-1.", show_default="the preset's"),
    ] = None,
    test: Annotated[
        float | None,
        typer.Option(help="Part of the images for testing, 0-1.", show_default="the preset's"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the split and of synthetic images.")] = 0,
    group_by: Annotated[
        Path | None,
        typer.Option(help="CSV file,group: the photos of one group stay in one split."),
    ] = None,
    look: Annotated[str, typer.Option(help="Of synthetic images: strip or fastener.")] = "strip",
    images: Annotated[int, typer.Option(help="How many synthetic images to make.")] = 300,
) -> Any:
    """Turn somebody's annotations into the common format, and say what is odd in them."""
    from auxnet_cli.data.prepare import prepare as run

    summary = run(
        kind,
        source,
        out=out,
        val=val,
        test=test,
        seed=seed,
        group_by=group_by,
        look=look,
        images=images,
    )
    _show(summary)
    return summary


def _show(summary: dict[str, Any]) -> None:
    from rich.markup import escape
    from rich.table import Table

    screen, out = console(), summary["out"]
    table = Table(title=escape(f"{summary['name']}: images by split and class"))
    table.add_column("split")
    for name in ("images", "good", "defective", *summary["classes"]):
        table.add_column(escape(name), justify="right")
    for split, counts in summary["counts"].items():
        numbers = [
            counts["images"],
            counts["good"],
            counts["defective"],
            *counts["classes"].values(),
        ]
        table.add_row(split, *map(str, numbers))
    screen.print(table)
    if summary["audit"]:
        screen.print(escape(f"Audit ({out}/audit.md):"))
    for kind, number in summary["audit"].items():
        screen.print(f"  {kind}: {number}")
        for finding in summary["findings"]:
            if finding["kind"] == kind and finding["file"]:
                told = f"    {finding['file']}: {finding['detail']} → {finding['action']}"
                screen.print(escape(told))
    if summary["warnings"]:
        warn("\n".join(summary["warnings"]))
    default = Path(out).parent == Path("data")
    data = "" if default else f" --data {out}"
    screen.print(escape(f"Written to {out}. Next: auxnet train --tasks cls,seg,det{data}"))
