"""Measures the area and the length of a defect."""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Annotation
from auxnet_cli.data.labels.run_lengths import coco_runs


def flaw_size(true: Annotation, height: int, width: int) -> tuple[float, float]:
    """Measures a defect by its mask, or by its box where it has none.

    The length is the longer side of the smallest rectangle, at any angle, around its pixels, which
    are squares: one pixel is 1 long.

    Returns:
        Area and length in pixels of the image, which is of this height and width.
    """
    if true.rle is None:
        return true.box[2] * true.box[3], max(true.box[2:])
    runs = coco_runs(true.rle, height, width)
    area = float(runs[:, 1].sum())
    if not area:
        return 0.0, 0.0
    # The ends of the runs span the defect. A run that goes on in the next columns fills them.
    first, last = runs[:, 0], runs.sum(axis=1) - 1
    broken = first // height < last // height
    x = np.concatenate((first // height, last // height))
    top = np.concatenate((first % height, np.where(broken, 0, last % height)))
    bottom = np.concatenate((np.where(broken, height - 1, first % height), last % height))
    low, high = np.column_stack((x, top)), np.column_stack((x, bottom + 1))
    right = np.array([1, 0])
    return area, _length(np.concatenate((low, low + right, high, high + right)))


def _length(points: NDArray[np.int64]) -> float:
    """Returns the longer side of the smallest rectangle around (points, 2), at any angle.

    One side of it lies along an edge of the hull (Freeman and Shapira, Communications of the ACM 18
    (1975) 409-413). Of two rectangles of one area the shorter counts. ``cv2.minAreaRect`` misses
    the smallest at times.
    """
    hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)
    edges = np.roll(hull, -1, axis=0) - hull
    along = edges / np.hypot(*edges.T)[:, None]
    across = np.column_stack((-along[:, 1], along[:, 0]))
    sides = np.stack([np.ptp(hull @ side.T, axis=0) for side in (along, across)])
    area = sides.prod(axis=0)
    return float(sides.max(axis=0)[area <= area.min() * (1 + 1e-9)].min())
