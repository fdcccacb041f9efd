"""Shows what ``auxnet export`` did."""

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from auxnet_cli.documents.export import ExportSummary
from auxnet_cli.documents.parity import Parity, ScoreChange

HEADER = ("format", "MB", "s", "largest\ndifference", "Δ accuracy", "Δ Dice", "Δ mAP", "Δ mAP50")

SCORES = ("accuracy", "dice", "map", "map50")


def export_table(summary: ExportSummary) -> RenderableType:
    """Lays out a summary for a terminal."""
    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)  # 80 columns hold it
    for index, name in enumerate(HEADER):
        table.add_column(name, justify="right" if index else "left")
    for artefact in summary.artefacts:
        parity, seconds = artefact.parity, artefact.seconds
        worst = max(head.max_abs_difference for head in parity.outputs.values())
        table.add_row(
            artefact.format + (" int8" if parity.precision == "int8" else ""),
            f"{artefact.megabytes:.1f}",
            "was there" if seconds is None else f"{seconds:.1f}",
            f"{worst:.1e}",
            *(_change(parity.scores.get(name)) for name in SCORES),
        )
    compared = [f"{artefact.path}: {_compared(artefact.parity)}" for artefact in summary.artefacts]
    return Group(table, *map(Text, compared))


def _compared(parity: Parity) -> str:
    """Says what an artefact was compared with; of int8 also what stayed in fp32."""
    images = f"on {parity.images} images ({parity.source})"
    if parity.precision != "int8":
        return f"compared with Keras {images}"
    return (
        f"calibrated on {parity.calibration_images} images, compared with fp32 {images}; "
        f"in fp32 stayed: {', '.join(parity.kept or ()) or 'nothing'}"
    )


def _change(score: ScoreChange | None) -> str:
    return "-" if score is None else f"{score.change:+.4f}"
