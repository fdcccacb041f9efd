"""Probability of detection: which size of flaw is found, after MIL-HDBK-1823A (hit/miss)."""

from collections.abc import Callable, Sequence
from operator import attrgetter

import numpy as np

from auxnet_cli.documents.section import Entries
from auxnet_cli.scoring.detectability.study import study
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flaw
from auxnet_cli.task import TASKS

HEADS: dict[str, Callable[[Flaw], bool | None]] = {
    name: attrgetter(task.flaw[0]) for name, task in TASKS.items() if task.flaw
}
"""The heads that locate defects: whether each detects a flaw."""


def detectability(split: EvaluatedSplit) -> Entries:
    """Returns the report's ``detectability`` section.

    A flaw is found by the masks (``seg``) where a mask touches it, by the boxes (``det``) where a
    confident box overlaps it, and by ``any`` where either does; of whatever class. Flaws count as
    independent; several of one part make the bounds too narrow.
    """
    scale = split.mm_per_pixel
    flaws = [flaw for image in split.evidence for flaw in image.flaws]
    heads = [head for head, hit in HEADS.items() if any(hit(flaw) is not None for flaw in flaws)]
    if not heads:
        reason = "the model marks neither pixels nor boxes" if flaws else "no image shows a defect"
        return {"mm_per_pixel": scale, "heads": {}, "per_class": {}, "reasons": {"heads": reason}}
    named = {head: [head] for head in heads} | ({"any": heads} if len(heads) > 1 else {})
    return {
        "mm_per_pixel": scale,
        "heads": {name: _studies(flaws, some, scale) for name, some in named.items()},
        "per_class": {
            name: _studies([flaw for flaw in flaws if flaw.label == label], heads, scale)
            for label, name in enumerate(split.classes)
        },
    }


def _studies(flaws: Sequence[Flaw], heads: Sequence[str], mm_per_pixel: float | None) -> Entries:
    """Studies the length and the area of the flaws that one of the heads could find."""
    answers = [(flaw, [HEADS[head](flaw) for head in heads]) for flaw in flaws]
    judged = [(flaw, any(hits)) for flaw, hits in answers if any(hit is not None for hit in hits)]
    detected = np.array([hit for _, hit in judged], bool)
    lengths = np.array([flaw.length for flaw, _ in judged])
    areas = np.array([flaw.area for flaw, _ in judged])
    scale, unit = (1.0, "px") if mm_per_pixel is None else (mm_per_pixel, "mm")
    return {
        "length": study(lengths * scale, detected, unit),
        "area": study(areas * scale**2, detected, f"{unit}²"),
    }
