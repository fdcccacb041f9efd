"""Shapes as annotation tools draw them, to masks and boxes of an image.

Coordinates are in pixels from the image's upper left corner, so that the centre of the first pixel
is (0.5, 0.5). A pixel belongs to a shape when its centre lies inside. What cannot be a shape of the
image raises ``ValueError``, with the reason as text.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.labels.boxes import Box
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.system.values import number, quoted

LINE_WIDTH = 3
"""Pixels. A line has no width of its own; hand-drawn ones are about a pixel off to either side."""

MAX_LABELS = 20_000
"""More on one image are refused: each takes as long as the image is large."""

# The rasteriser walks along the outline in memory; one of random points is as long as it likes.
_LONGEST_OUTLINE = 2_000_000

_NUMBERS = frozenset((int, float))

Points = NDArray[np.float64]
"""(points, 2): x and y in pixels."""


def to_points(values: Any, height: int, width: int) -> Points:
    """The points of a list of coordinates, ``[x, y, x, y, ...]`` or ``[[x, y], ...]``.

    Raises:
        ValueError: other things than finite numbers, an odd count, or a point that lies farther
            outside the image than the image is large.
    """
    flat = values
    if isinstance(values, list) and all(type(pair) is list and len(pair) == 2 for pair in values):
        flat = [coordinate for pair in values for coordinate in pair]
    # Looked at one by one: a text among them NumPy repeats at its length for every number.
    if not isinstance(flat, list) or not _NUMBERS.issuperset(map(type, flat)):
        raise ValueError(f"{quoted(values)} is no list of coordinates")
    try:
        found = np.array(flat, np.float64)
    except OverflowError:
        raise ValueError(f"{quoted(values)} holds a coordinate of hundreds of digits") from None
    if len(found) % 2:
        raise ValueError(f"{len(found)} coordinates, but x and y come in pairs")
    points = found.reshape(-1, 2)
    size = np.array([width, height])
    # Written so that NaN fails, too.
    good = ((points >= -size) & (points <= 2 * size)).all(axis=1)
    if not good.all():
        x, y = points[~good][0]
        raise ValueError(f"the point ({x:g}, {y:g}) is far from an image of {width} x {height}")
    return points


def polygons_mask(polygons: list[Points], height: int, width: int) -> Mask:
    """The (height, width) mask that polygons cover together, as pycocotools fills them.

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
    if length > _LONGEST_OUTLINE:
        raise ValueError(f"the outline is {length:.0f} px long")
    parts = coco.frPyObjects([points.ravel().tolist() for points in closed], height, width)
    mask: Mask = coco.decode(coco.merge(parts)).astype(bool)
    return mask


def circle_mask(points: Points, height: int, width: int) -> Mask:
    """The (height, width) mask of a circle, given by its centre and a point on it.

    Raises:
        ValueError: it is not two points.
    """
    if len(points) != 2:
        raise ValueError(f"a circle has a centre and a point on it, not {len(points)} points")
    (x, y), radius = points[0], float(np.hypot(*(points[1] - points[0])))
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    mask: Mask = (rows[:, None] - y) ** 2 + (columns - x) ** 2 <= radius**2
    return mask


def line_mask(points: Points, height: int, width: int) -> Mask:
    """The (height, width) mask of a line through points, ``LINE_WIDTH`` wide."""
    canvas = np.zeros((height, width), np.uint8)
    if len(points) > 1:
        corners = np.floor(points).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [corners], False, 1)
        # OpenCV's own thickness differs between its versions.
        cv2.dilate(canvas, np.ones((LINE_WIDTH, LINE_WIDTH), np.uint8), canvas)
    return canvas.astype(bool)


def to_box(values: Any) -> Box:
    """A box from ``[x, y, width, height]``.

    Raises:
        ValueError: it is not four finite numbers.
    """
    if not isinstance(values, list) or len(values) != 4:
        raise ValueError(f"its box is {quoted(values)}, not [x, y, width, height]")
    x, y, wide, high = (number(value) for value in values)
    return x, y, wide, high
