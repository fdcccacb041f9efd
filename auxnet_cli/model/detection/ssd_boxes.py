"""Lays out SSD's default boxes (Liu et al. 2016), the anchors that it starts from.

Sizes, shapes and places are torchvision's for SSD300; its sizes are parts of the image's side.
"""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from auxnet_cli.model.detection.boxes import Floats

SCALES = (0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05)
"""Sides of the squares of each level, and of the level that would follow."""

RATIOS = ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,))
"""Width over height; each stands for its inverse, too."""

FINEST, HALVED = 3, 6
"""The first level, at 1/8; and the last that halves the one before. The rest lose two places."""


def level_sizes(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Returns rows and columns of the levels of an input of (height, width) pixels.

    Levels that would have no place are left out.
    """
    sizes: list[tuple[int, int]] = []
    for level in range(FINEST, FINEST + len(RATIOS)):
        if level <= HALVED:
            rows, columns = (-(-side // 2**level) for side in size)
        else:
            rows, columns = (side - 2 for side in sizes[-1])
        if min(rows, columns) < 1:
            break
        sizes.append((rows, columns))
    return sizes


def boxes_per_place(number: int) -> int:
    """Returns the default boxes of each place of a level, counted from 0."""
    return 2 + 2 * len(RATIOS[number])


def default_boxes(size: tuple[int, int]) -> Floats:
    """Lays out the default boxes of an input of (height, width) pixels.

    The side that sizes are parts of is the root of height × width. No box is larger than the image.

    Returns:
        (boxes, 4) x1, y1, x2, y2 in pixels: finest level first, rows down, columns across, then the
        shapes of a place.
    """
    side, (height, width) = sqrt(size[0] * size[1]), size
    parts = []
    for number, (rows, columns) in enumerate(level_sizes(size)):
        level = FINEST + number
        steps = (2**level, 2**level) if level <= HALVED else (height / rows, width / columns)
        y, x = np.meshgrid(
            (np.arange(rows) + 0.5) * steps[0], (np.arange(columns) + 0.5) * steps[1], indexing="ij"
        )
        centres = np.stack([x, y], axis=-1)[:, :, None, :]
        halves = np.minimum(np.array([*_shapes(number)]) * side, [width, height]) / 2
        parts.append(np.concatenate([centres - halves, centres + halves], axis=-1).reshape(-1, 4))
    return np.concatenate(parts).astype(np.float32)


def _shapes(number: int) -> Iterator[tuple[float, float]]:
    """Yields width and height of a level's boxes, as parts of the image's side."""
    scale, following = SCALES[number : number + 2]
    yield scale, scale
    yield sqrt(scale * following), sqrt(scale * following)
    for ratio in RATIOS[number]:
        yield scale * sqrt(ratio), scale / sqrt(ratio)
        yield scale / sqrt(ratio), scale * sqrt(ratio)
