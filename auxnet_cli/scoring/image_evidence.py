"""Condenses the truth and the prediction of an image to its evidence."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.labels.run_lengths import coco_runs
from auxnet_cli.inspection import Box, Inspection, areas
from auxnet_cli.scoring.evidence import Evidence, Flaw, Floats, Ints
from auxnet_cli.scoring.flaw_size import flaw_size
from auxnet_cli.scoring.truth import Truth

POINTING_IOU = 0.1
"""Overlap from which a box points at a defect: an inspector looks where it lies."""


def collect_evidence(record: Record, inspection: Inspection, classes: int) -> Evidence:
    """Condenses the truth and the prediction of one image.

    Raises:
        InputError: a true mask is not of the image's size.
        ValueError: the predicted masks are not.
    """
    truth = Truth(record, classes)
    boxes = None
    if inspection.boxes is not None:
        ordered = sorted(inspection.boxes, key=lambda box: -box.score)
        boxes = _rows([(box.label, box.score, *_sides(box)) for box in ordered], 6)
    return Evidence(
        name=record.name,
        group=record.group,
        labels=truth.labels,
        stopped=bool(inspection.defective),
        scores=None if inspection.scores is None else np.asarray(inspection.scores, np.float64),
        votes={head: np.asarray(vote, np.float64) for head, vote in inspection.votes.items()},
        pixels=_pixels(truth, inspection.masks),
        boxes=boxes,
        truth=_rows([(true.label, *true.box) for true in record.annotations], 5),
        flaws=_flaws(record, inspection),
    )


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _rows(rows: Sequence[tuple[float, ...]], columns: int) -> Floats:
    return np.array(rows, np.float64).reshape(-1, columns)


def _pixels(truth: Truth, masks: NDArray[np.bool_] | None) -> Ints | None:
    """Counts (3, classes) pixels in common, of the truth, of the prediction."""
    if masks is None or not truth.has_masks:
        return None
    size = (truth.record.height, truth.record.width, truth.classes)
    if masks.shape != size:
        raise ValueError(f"masks are {masks.shape}, the truth is {size}")
    counts = np.zeros((3, truth.classes), np.int64)
    counts[2] = areas(masks)
    for label in truth.record.labels:
        mask = truth.mask(label)
        counts[:2, label] = np.count_nonzero(mask & masks[..., label]), np.count_nonzero(mask)
    return counts


def _flaws(record: Record, inspection: Inspection) -> tuple[Flaw, ...]:
    if not record.annotations:
        return ()
    masked = _touched_by_masks(record, inspection.masks)
    boxed, named = _pointed_at(record, inspection)
    return tuple(
        Flaw(true.label, *flaw_size(true, record.height, record.width), *hits)
        for true, *hits in zip(record.annotations, masked, boxed, named, strict=True)
    )


def _touched_by_masks(
    record: Record, masks: NDArray[np.bool_] | None
) -> Sequence[bool] | Sequence[None]:
    """Tells of each defect whether the masks touch it, or its box where it has no mask."""
    if masks is None:
        return [None] * len(record.annotations)
    touched = np.asarray(masks.any(axis=2))
    # Touched pixels before each, column by column: hundreds of defects take hardly longer than one.
    before = np.append(0, np.cumsum(touched.ravel(order="F")))
    hits = []
    for true in record.annotations:
        if true.rle is None:
            x, y, width, height = true.box
            rows = slice(max(0, math.floor(y)), math.ceil(y + height))
            columns = slice(max(0, math.floor(x)), math.ceil(x + width))
            hits.append(bool(touched[rows, columns].any()))
        else:
            runs = coco_runs(true.rle, record.height, record.width)
            hits.append(bool((before[runs.sum(axis=1)] > before[runs[:, 0]]).any()))
    return hits


def _pointed_at(
    record: Record, inspection: Inspection
) -> tuple[Sequence[bool], Sequence[bool]] | tuple[Sequence[None], Sequence[None]]:
    """Tells of each defect whether a confident box points at it: of any class, of its own."""
    flaws, boxes = len(record.annotations), inspection.confident_boxes
    if inspection.boxes is None:
        return [None] * flaws, [None] * flaws
    if not boxes:
        return [False] * flaws, [False] * flaws
    true_boxes, predicted = [list(t.box) for t in record.annotations], list(map(_sides, boxes))
    near = coco.iou(true_boxes, [list(box) for box in predicted], [0] * len(boxes)) >= POINTING_IOU
    labels = np.array([true.label for true in record.annotations])
    same_class = labels[:, None] == np.array([box.label for box in boxes])
    return near.any(axis=1).tolist(), (near & same_class).any(axis=1).tolist()
