"""Fills polygons and traces masks as polygons.

Coordinates are pixels from the image's upper left corner: pixel (row, column) reaches from
(column, row) to (column + 1, row + 1), and its centre lies half a pixel in. There are two ways to
fill: COCO's, which takes pixels at the border as pycocotools does, and an exact one, which gives
back every mask that :func:`outline` traced.
"""

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.labels.run_lengths import Mask

Points = NDArray[np.float64]
"""(points, 2): x and y in pixels."""

MAX_LABELS = 20_000
"""The most labels of one image: each takes as long as the image is large."""

MAX_CROSSINGS = 20_000_000
"""The most rows that all edges of a polygon cross together: more would take seconds."""

# pycocotools walks along the outline in memory; one of random points has any length.
_MAX_OUTLINE = 2_000_000


def fill_coco_polygons(polygons: list[Points], height: int, width: int) -> Mask:
    """Returns the (height, width) mask that polygons cover together, as pycocotools fills them.

    A polygon of fewer than three points covers nothing.

    Raises:
        ValueError: the outline is longer than that of any real shape, or there are too many.
    """
    closed = [points for points in polygons if len(points) > 2]
    if not closed:
        return np.zeros((height, width), bool)
    if len(closed) > MAX_LABELS:  # merging them takes the square of their number
        raise ValueError(f"{len(closed)} polygons are more than the {MAX_LABELS} that are taken")
    length = sum(np.abs(points - np.roll(points, 1, axis=0)).sum() for points in closed)
    if length > _MAX_OUTLINE:
        raise ValueError(f"the outline is {length:.0f} px long")
    parts = coco.frPyObjects([points.ravel().tolist() for points in closed], height, width)
    mask: Mask = coco.decode(coco.merge(parts)).astype(bool)
    return mask


def fill_polygon(points: Points, height: int, width: int) -> Mask:
    """Returns the (height, width) mask of the pixels whose centre lies inside a polygon.

    What lies past the image is cut off. Where the polygon crosses itself, what is covered twice is
    outside (the even-odd rule), so that one polygon can have holes.

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
    toggles = np.zeros((height, width + 1), bool)
    np.logical_xor.at(toggles, (rows, columns), True)
    mask: Mask = np.logical_xor.accumulate(toggles, axis=1)[:, :-1]
    return mask


def outline(mask: Mask) -> Points:
    """Returns the polygon along the pixels' edges that fills to exactly this mask.

    Holes and separate parts are joined by a line to the first corner and back, which encloses
    nothing. The mask must not be empty.
    """
    loops = _loops(mask)
    joined = [loops[0], loops[0][:1]]
    for loop in loops[1:]:
        joined += [loop, loop[:1], loops[0][:1]]
    return np.concatenate(joined if len(loops) > 1 else loops).astype(np.float64)


def _loops(mask: Mask) -> list[NDArray[np.int64]]:
    """Returns the closed borders of a mask, (corners, 2) x and y each."""
    padded = np.pad(mask, 1).astype(np.int8)
    upper, lower = padded[:-1], padded[1:]
    around = upper[:, :-1] + upper[:, 1:] + lower[:, :-1] + lower[:, 1:]
    diagonal = (around == 2) & (upper[:, :-1] == lower[:, 1:])
    # Where pixels meet at a corner only, two borders pass through it.
    y, x = np.nonzero((around % 2 == 1) | diagonal)
    repeats = 1 + diagonal[y, x]
    x, y = np.repeat(x, repeats), np.repeat(y, repeats)
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


def _partners(line: NDArray[np.intp], position: NDArray[np.intp]) -> NDArray[np.intp]:
    """Returns the index of the corner at the other end of each piece of border along a line."""
    order = np.lexsort((position, line)).reshape(-1, 2)
    partners = np.empty(len(line), np.intp)
    partners[order[:, 0]], partners[order[:, 1]] = order[:, 1], order[:, 0]
    return partners
