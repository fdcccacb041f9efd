"""Polygons ↔ masks, by the rule that a pixel belongs when its centre lies inside.

Coordinates are pixels from the image's upper left corner: pixel (row, column) reaches from
(column, row) to (column + 1, row + 1), and its centre lies half a pixel in. Where a polygon crosses
itself, what is covered twice is outside (the even-odd rule), so that one polygon can have holes.
"""

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.run_lengths import Mask

Points = NDArray[np.float64]
"""(points, 2): x and y in pixels."""

MAX_CROSSINGS = 20_000_000
"""Rows that all edges cross together: more would take seconds."""


def fill_polygon(points: Points, height: int, width: int) -> Mask:
    """The (height, width) mask of a polygon's inside; what lies past the image is cut off.

    Raises:
        ValueError: the polygon has more edges than can be filled in reasonable time.
    """
    ends = np.roll(points, -1, axis=0)
    # Each edge from its upper end down: an edge walked both ways then cancels to the last bit.
    upward = (ends[:, 1] < points[:, 1])[:, None]
    low, high = np.where(upward, ends, points), np.where(upward, points, ends)
    first = np.clip(np.ceil(low[:, 1] - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(high[:, 1] - 0.5), 0, height).astype(np.int64)
    numbers = last - first
    total = int(numbers.sum())
    if total > MAX_CROSSINGS:
        raise ValueError(f"its edges cross {total:,} rows of pixels, more than can be filled")
    edge = np.repeat(np.arange(len(points)), numbers)
    rows = np.arange(total) - np.repeat(np.cumsum(numbers) - numbers, numbers) + first[edge]
    start, run = low[edge], (high - low)[edge]
    crossed = start[:, 0] + (rows + 0.5 - start[:, 1]) / run[:, 1] * run[:, 0]
    columns = np.clip(np.ceil(crossed - 0.5), 0, width).astype(np.int64)
    places, often = np.unique(rows * (width + 1) + columns, return_counts=True)
    toggles = np.zeros((height, width + 1), bool)
    toggles.flat[places[often % 2 == 1]] = True
    mask: Mask = np.logical_xor.accumulate(toggles, axis=1)[:, :-1]
    return mask


def outline(mask: Mask) -> Points:
    """The polygon along the pixels' edges that fills to exactly this mask, which is not empty.

    Holes and separate parts are joined by a line to the first corner and back, which encloses
    nothing.
    """
    loops = _loops(mask)
    joined = [loops[0], loops[0][:1]]
    for loop in loops[1:]:
        joined += [loop, loop[:1], loops[0][:1]]
    return np.concatenate(joined if len(loops) > 1 else loops).astype(np.float64)


def _loops(mask: Mask) -> list[NDArray[np.int64]]:
    """The closed borders of a mask as their corners, (corners, 2) x and y each."""
    padded = np.pad(mask, 1).astype(np.int8)
    upper, lower = padded[:-1], padded[1:]
    around = upper[:, :-1] + upper[:, 1:] + lower[:, :-1] + lower[:, 1:]
    diagonal = (around == 2) & (upper[:, :-1] == lower[:, 1:])
    # Where pixels meet at a corner only, two borders pass through it.
    y, x = np.nonzero((around % 2 == 1) | diagonal)
    twice = 1 + diagonal[y, x]
    x, y = np.repeat(x, twice), np.repeat(y, twice)
    # Along a row of corners the first and second end one piece of border, and so on; so in columns.
    beside, below = _partners(y, x), _partners(x, y)
    waiting, loops = np.ones(len(x), bool), []
    for first in range(len(x)):
        corners, at = [], first
        while waiting[at]:
            other = int(beside[at])
            waiting[at] = waiting[other] = False
            corners += [at, other]
            at = int(below[other])
        if corners:
            loops.append(np.column_stack((x[corners], y[corners])))
    return loops


def _partners(line: NDArray[np.intp], place: NDArray[np.intp]) -> NDArray[np.intp]:
    order = np.lexsort((place, line)).reshape(-1, 2)
    partners = np.empty(len(line), np.intp)
    partners[order[:, 0]], partners[order[:, 1]] = order[:, 1], order[:, 0]
    return partners
