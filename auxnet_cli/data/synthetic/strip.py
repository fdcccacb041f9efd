"""A made-up look at rolled steel strip: grey, lit unevenly, seen by a line camera."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic import defects
from auxnet_cli.data.synthetic.sheet import SHAPE, rolled_sheet
from auxnet_cli.data.synthetic.texture import sensor

CLASSES = ("pit", "crack", "scratch", "patch")

_MAKERS = (defects.pit, defects.crack, defects.scratch, defects.patch)
_LINES = (1, 2)
_TRIES = 40
_MARGIN = 12  # pixels from the middle of a defect to the border of the image


def render(
    rng: np.random.Generator, labels: Sequence[int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """One strip.

    The sheet, its defects and the camera draw from streams of their own: without ``labels`` a fresh
    generator of the same seed gives the same picture without the defects.

    Args:
        rng: a fresh generator.
        labels: a class index for each defect.

    Returns:
        The image, (height, width, 3) RGB, and the masks, (height, width, classes).
    """
    sheet_rng, defect_rng, camera_rng = rng.spawn(3)
    sheet = rolled_sheet(sheet_rng)
    light, taken = sheet.light, sheet.taken
    masks = np.zeros((*SHAPE, len(CLASSES)), np.bool_)
    for label in labels:
        defect = _placed(defect_rng, label, taken)
        if defect is None:
            continue
        light = light * defect.gain
        masks[..., label] |= defect.mask
        taken = taken | defects.grown(defect.mask, defects.GAP)
    grey = sensor(camera_rng, light, read=0.008)
    return np.repeat(grey[..., None], 3, axis=2), masks


def _placed(
    rng: np.random.Generator, label: int, taken: NDArray[np.bool_]
) -> defects.Defect | None:
    """A defect on free surface, or none where the sheet is full."""
    inner = np.zeros_like(taken)
    inner[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
    free = np.argwhere(inner & ~taken)
    if not len(free):
        return None
    for _ in range(_TRIES):
        row, column = free[int(rng.integers(len(free)))]
        if label in _LINES:  # lines reach from edge to edge: start them about the middle
            row = SHAPE[0] * rng.uniform(0.3, 0.7)
        defect = _MAKERS[label](rng, SHAPE, (float(row), float(column)))
        if int(defect.mask.sum()) >= defects.SMALLEST and not np.any(taken & defect.mask):
            return defect
    return None
