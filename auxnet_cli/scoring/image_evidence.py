"""From the truth and the answer of an image to its evidence."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.run_lengths import coco_runs
from auxnet_cli.inspection import Box, Inspection, areas
from auxnet_cli.scoring.evidence import Evidence, Flaw, Floats, Ints
from auxnet_cli.scoring.truth import Truth

FOUND_IOU = 0.1
"""Overlap from which a box points at a defect: an inspector looks where it lies."""


def gather(record: Record, inspection: Inspection, classes: int) -> Evidence:
    """Condense one image.

    Args:
        record: the image with its truth.
        inspection: the findings on it.
        classes: how many there are.

    Raises:
        InputError: a true mask is not of the image's size.
        ValueError: the masks of the answer are not.
    """
    truth = Truth(record, classes)
    answer = None
    if inspection.boxes is not None:
        ordered = sorted(inspection.boxes, key=lambda box: -box.score)
        answer = _rows([(box.label, box.score, *_corners(box)) for box in ordered], 6)
    return Evidence(
        name=record.name,
        group=record.group,
        labels=truth.labels,
        stopped=bool(inspection.defective),
        scores=None if inspection.scores is None else np.asarray(inspection.scores, np.float64),
        votes={head: np.asarray(vote, np.float64) for head, vote in inspection.votes.items()},
        pixels=_pixels(truth, inspection.masks),
        answer=answer,
        truth=_rows([(true.label, *true.box) for true in record.annotations], 5),
        flaws=_flaws(record, inspection),
    )


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _rows(rows: list[Any], columns: int) -> Floats:
    return np.array(rows, np.float64).reshape(-1, columns)


def _pixels(truth: Truth, answer: NDArray[np.bool_] | None) -> Ints | None:
    """(3, classes) pixels in common, of the truth, of the answer."""
    if answer is None or not truth.has_masks:
        return None
    size = (truth.record.height, truth.record.width, truth.classes)
    if answer.shape != size:
        raise ValueError(f"masks are {answer.shape}, the truth is {size}")
    counts = np.zeros((3, truth.classes), np.int64)
    counts[2] = areas(answer)
    for label in truth.record.labels:
        mask = truth.mask(label)
        counts[:2, label] = np.count_nonzero(mask & answer[..., label]), np.count_nonzero(mask)
    return counts


def _flaws(record: Record, inspection: Inspection) -> tuple[Flaw, ...]:
    if not record.annotations:
        return ()
    masked = _masked(record, inspection.masks)
    boxed = _boxed(record, inspection)
    return tuple(
        Flaw(true.label, *size_of(true, record.height, record.width), hit, *pointed)
        for true, hit, pointed in zip(record.annotations, masked, boxed, strict=True)
    )


def size_of(true: Annotation, height: int, width: int) -> tuple[float, float]:
    """Area and length of a defect: of its mask, or of its box where it has none; pixels.

    The length is the longer side of the smallest rectangle, at any angle, around its pixels, which
    are squares: one pixel is 1 long.
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
    corners = np.concatenate((low, low + right, high, high + right))
    return area, _length(corners)


def _length(points: NDArray[Any]) -> float:
    """The longer side of the smallest rectangle around (points, 2), at any angle.

    One side of it lies along an edge of the hull (Freeman and Shapira, Communications of the ACM 18
    (1975) 409-413). Of two as small the shorter counts. (``cv2.minAreaRect``
    misses it at times.)
    """
    hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)
    edges = np.roll(hull, -1, axis=0) - hull
    along = edges / np.hypot(*edges.T)[:, None]
    across = np.column_stack((-along[:, 1], along[:, 0]))
    sides = np.stack([np.ptp(hull @ side.T, axis=0) for side in (along, across)])
    areas = sides.prod(axis=0)
    return float(sides.max(axis=0)[areas <= areas.min() * (1 + 1e-9)].min())


def _masked(record: Record, masks: NDArray[np.bool_] | None) -> list[bool] | list[None]:
    """Whether the answer's masks touch each defect; within its box where it has no mask."""
    if masks is None:
        return [None] * len(record.annotations)
    touched = np.asarray(masks.any(axis=2))
    # Pixels touched before each, down the columns: hundreds of defects take hardly longer than one.
    before = np.append(0, np.cumsum(touched.ravel(order="F")))
    hits = []
    for true in record.annotations:
        if true.rle is None:
            hits.append(bool(_within(touched, true.box).any()))
        else:
            runs = coco_runs(true.rle, record.height, record.width)
            hits.append(bool((before[runs.sum(axis=1)] > before[runs[:, 0]]).any()))
    return hits


def _within(mask: NDArray[np.bool_], box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """The part of a mask that a box covers, wholly or in part."""
    x, y, width, height = box
    rows = slice(max(0, math.floor(y)), math.ceil(y + height))
    return mask[rows, max(0, math.floor(x)) : math.ceil(x + width)]


def _boxed(
    record: Record, inspection: Inspection
) -> list[tuple[bool, bool]] | list[tuple[None, None]]:
    """Whether a confident box points at each defect: one of any class, one of its own."""
    if inspection.boxes is None:
        return [(None, None)] * len(record.annotations)
    found = inspection.confident_boxes
    if not found:
        return [(False, False)] * len(record.annotations)
    places = [list(true.box) for true in record.annotations]
    near = coco.iou(places, [list(_corners(box)) for box in found], [0] * len(found)) >= FOUND_IOU
    labels = np.array([true.label for true in record.annotations])
    own = labels[:, None] == np.array([box.label for box in found])
    return [(bool(a), bool(b)) for a, b in zip(near.any(1), (near & own).any(1), strict=True)]
