"""Probability of detection: which size of flaw is found, after MIL-HDBK-1823A (hit/miss)."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.detectability.probability_of_detection import study
from auxnet_cli.scoring.evidence import Evidence, Flaw

HEADS: dict[str, Callable[[Flaw], bool | None]] = {
    "seg": lambda flaw: flaw.masked,
    "det": lambda flaw: flaw.boxed,
}


def detectability(
    evidence: Sequence[Evidence], classes: Sequence[str], mm_per_pixel: float | None = None
) -> dict[str, Any]:
    """The report's ``detectability`` section.

    A flaw is found by the masks (``seg``) where a mask touches it, by the boxes (``det``) where a
    confident box overlaps it, and by ``any`` where either does; of whatever class. Flaws count as
    independent; several of one part make the bounds too narrow.

    Args:
        evidence: the images.
        classes: the defect classes, in order.
        mm_per_pixel: the scale of the images; without it sizes are in pixels.

    Returns:
        ``mm_per_pixel``; ``heads``: for each head that the model has, and ``any`` where it has
        both, ``length`` and ``area``, each as
        :func:`auxnet_cli.scoring.detectability.probability_of_detection.study` gives it;
        ``per_class``: the same of each class, by either head. Both are empty, with the reason,
        where there are no flaws or no heads.
    """
    flaws = [flaw for image in evidence for flaw in image.flaws]
    heads = [head for head, of in HEADS.items() if any(of(flaw) is not None for flaw in flaws)]
    if not heads:
        reason = "the model marks neither pixels nor boxes" if flaws else "no image shows a defect"
        none: dict[str, Any] = {"heads": {}, "per_class": {}, "reasons": {"heads": reason}}
        return {"mm_per_pixel": mm_per_pixel, **none}
    named = {head: [head] for head in heads} | ({"any": heads} if len(heads) > 1 else {})
    return {
        "mm_per_pixel": mm_per_pixel,
        "heads": {name: _studies(flaws, of, mm_per_pixel) for name, of in named.items()},
        "per_class": {
            name: _studies([flaw for flaw in flaws if flaw.label == label], heads, mm_per_pixel)
            for label, name in enumerate(classes)
        },
    }


def _studies(
    flaws: Sequence[Flaw], heads: Sequence[str], mm_per_pixel: float | None
) -> dict[str, Any]:
    """The studies of length and of area, of the flaws that one of the heads could find."""
    answers = [(flaw, [HEADS[head](flaw) for head in heads]) for flaw in flaws]
    seen = [(flaw, any(of)) for flaw, of in answers if any(value is not None for value in of)]
    found = np.array([of for _, of in seen], bool)
    scale = mm_per_pixel or 1.0
    unit = "px" if mm_per_pixel is None else "mm"
    return {
        "length": study(np.array([flaw.length * scale for flaw, _ in seen]), found, unit),
        "area": study(np.array([flaw.area * scale**2 for flaw, _ in seen]), found, f"{unit}²"),
    }
