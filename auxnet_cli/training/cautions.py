"""Warns of what a training cannot learn from its data, before hours are spent on it."""

from collections.abc import Sequence

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.samples.tiling import larger_than_tile
from auxnet_cli.settings import Settings


def cautions(records: Sequence[Record], settings: Settings) -> list[str]:
    """Returns warnings, a sentence each; ``records`` is the training split."""
    defects = [annotation for record in records for annotation in record.annotations]
    warnings = []
    if "seg" in settings.tasks and not any(defect.rle for defect in defects):
        rest = ",".join(task for task in settings.tasks if task != "seg")
        advice = f"leave it out with --tasks {rest}" if rest else "add masks, or train other tasks"
        warnings.append(
            f"None of the {len(defects)} defects to learn from has a mask, so seg cannot learn to "
            f"find any: {advice}."
        )
    loss = settings.loss
    if "seg" in settings.tasks and loss.positive_weight != 1 and "bce" not in loss.segmentation:
        warnings.append(
            f"loss.positive_weight={loss.positive_weight:g} has no effect, because "
            f"loss.segmentation={loss.segmentation} has no cross-entropy: take "
            f"{loss.segmentation}+bce."
        )
    larger = larger_than_tile([defect.box for defect in defects], settings.tile)
    if larger:
        warnings.append(
            f"{larger} of {len(defects)} defects to learn from are larger than a tile and never "
            "seen whole: take a larger tile.size."
        )
    return warnings
