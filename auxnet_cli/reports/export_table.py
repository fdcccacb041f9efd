"""What ``auxnet export`` shows when it is done."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

HEADER = ("format", "MB", "s", "largest difference", "Δ accuracy", "Δ Dice", "Δ mAP50")


def export_table(summary: dict[str, Any]) -> "RenderableType":
    """The summary that :func:`auxnet_cli.runtime.export.export` gives, for a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD)
    for index, name in enumerate(HEADER):
        table.add_column(name, justify="right" if index else "left")
    for artefact in summary["artefacts"]:
        parity = artefact["parity"]
        worst = max(one["max_abs_difference"] for one in parity["outputs"].values())
        seconds = artefact["seconds"]
        table.add_row(
            artefact["format"],
            f"{artefact['megabytes']:.1f}",
            "was there" if seconds is None else f"{seconds:.1f}",
            f"{worst:.1e}",
            *(_change(parity["scores"][name]) for name in ("accuracy", "dice", "map50")),
        )
    compared = [
        f"{artefact['path']}: compared with Keras on {artefact['parity']['images']} images "
        f"({artefact['parity']['source']})"
        for artefact in summary["artefacts"]
    ]
    return Group(table, *map(Text, compared))


def _change(figures: dict[str, float] | None) -> str:
    return "-" if figures is None else f"{figures['change']:+.4f}"
