"""Makes the boxes of an image from the regions of its masks and the boxes of the detection head."""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.coding import BOX_GRID, JOINING_GAP
from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import iou
from auxnet_cli.settings import DecisionSettings

Floats = NDArray[np.float32]


def image_boxes(
    probabilities: Floats,
    scores: Floats | None,
    boxes: Sequence[Box],
    decision: DecisionSettings,
) -> tuple[Box, ...]:
    """Makes the boxes of a whole image as ``decision.boxes`` says.

    ``head``: the boxes of the detection head, unchanged.

    ``masks``: a box around each region of a class's mask. Pixels that touch by an edge or a corner
    are one region, as in the labels, and so are pieces with a gap of at most ``JOINING_GAP``.
    Regions smaller than ``decision.mask_area`` are dropped. The score is the geometric mean of the
    class score and the mean probability of the region's pixels.

    ``fused``: these boxes, and those of the head. A region that boxes of the head of its class
    overlap by an IoU of at least ``decision.nms_iou`` stays where it is, and takes the highest of
    their scores and its own; these boxes go. The head's other boxes stay where they are, and their
    score is multiplied by the geometric mean of the class score and the mean probability inside.

    Without class scores, the probability stands in place of the geometric mean.

    Args:
        probabilities: of the masks, (height, width, classes) 0-1, at the image's size.
        scores: of the classes, (classes,) 0-1; ``None`` without a classification head.
        boxes: of the detection head, in pixels of the image.
        decision: ``boxes``, ``mask_score``, ``mask_area``, ``nms_iou``, ``box_floor`` and
            ``max_boxes``.

    Returns:
        Highest score first, none below ``box_floor`` and ``max_boxes`` at most; the head's boxes
        as they were given.
    """
    if decision.boxes == "head":
        return tuple(boxes)
    found = _regions(probabilities, scores, decision)
    if decision.boxes == "fused":
        found = _fused(found, boxes, probabilities, scores, decision.nms_iou)
    found = sorted(
        (box for box in found if box.score >= decision.box_floor), key=lambda box: -box.score
    )
    return tuple(found[: decision.max_boxes])


def _evidence(mean: float, scores: Floats | None, label: int) -> float:
    """Returns what masks and classes together say of a place, 0-1."""
    return mean if scores is None else sqrt(mean * float(scores[label]))


def _regions(probabilities: Floats, scores: Floats | None, decision: DecisionSettings) -> list[Box]:
    """Returns a box for each region of each class, the best of a class first."""
    height, width, classes = probabilities.shape
    reach = round(JOINING_GAP * min(height, width) / 2)
    least = max(1.0, decision.mask_area * height * width)
    # Row by row: many times as fast as the maximum over both axes.
    peaks = probabilities.reshape(height, width * classes).max(axis=0).reshape(width, classes)
    regions = []
    for label in range(classes):
        columns = np.flatnonzero(peaks[:, label] >= decision.mask_score)
        if not len(columns):
            continue
        left, right = columns[0], columns[-1] + 1
        heat = np.ascontiguousarray(probabilities[:, left:right, label])
        mask = heat >= decision.mask_score
        means, corners = _components(heat, mask, reach, least)
        best = np.argsort(-means, kind="stable")[: decision.max_boxes]
        for mean, (x, y, w, h) in zip(means[best].tolist(), corners[best].tolist(), strict=True):
            score = _evidence(mean, scores, label)
            regions.append(Box(label, score, float(x + left), float(y), float(w), float(h), "mask"))
    return regions


def _components(
    heat: Floats, mask: NDArray[np.bool_], reach: int, least: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Returns mean heat and x, y, width, height of the regions of at least ``least`` pixels."""
    height, width = mask.shape
    joined = np.pad(mask.astype(np.uint8), reach)
    if reach:
        joined = cv2.dilate(joined, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    owners = numbers[reach : reach + height, reach : reach + width][mask]
    areas = np.bincount(owners, minlength=count)
    large = np.flatnonzero(areas >= least)
    means = np.bincount(owners, heat[mask], minlength=count)[large] / areas[large]
    # Padded and grown by as much, left and top are those of the pixels themselves.
    return means, stats[large, :4] - [0, 0, 2 * reach, 2 * reach]


def _fused(
    regions: Sequence[Box],
    boxes: Sequence[Box],
    probabilities: Floats,
    scores: Floats | None,
    overlap: float,
) -> list[Box]:
    """Confirms regions by boxes of the head, and adds the boxes that confirm none."""
    region_labels, labels = (np.array([b.label for b in some], int) for some in (regions, boxes))
    corners = _corners(boxes)
    shared = iou(_corners(regions), corners)
    same = (shared > 0) & (shared >= overlap) & (region_labels[:, None] == labels)
    strongest = np.where(same, [box.score for box in boxes], 0).max(axis=1, initial=0)
    fused = [
        replace(region, score=max(region.score, score), source="fused") if score else region
        for region, score in zip(regions, strongest.tolist(), strict=True)
    ]
    alone = np.flatnonzero(~same.any(axis=0))
    means = _sampled(probabilities, corners[alone], labels[alone]).tolist()
    for box, mean in zip((boxes[index] for index in alone.tolist()), means, strict=True):
        fused.append(replace(box, score=box.score * _evidence(mean, scores, box.label)))
    return fused


def _sampled(probabilities: Floats, corners: Floats, labels: NDArray[np.int64]) -> Floats:
    """Returns the mean probability of the class inside each box, (boxes,)."""
    steps = (np.arange(BOX_GRID) + 0.5) / BOX_GRID
    size = probabilities.shape[1::-1]
    low, high = corners[:, None, :2], corners[:, None, 2:]
    places = (low + (high - low) * steps[:, None]).astype(np.int64)
    x, y = np.moveaxis(np.clip(places, 0, np.array(size) - 1), -1, 0)
    inside = probabilities[y[:, :, None], x[:, None, :], labels[:, None, None]]
    return np.asarray(inside.mean(axis=(1, 2)))


def _corners(boxes: Sequence[Box]) -> Floats:
    rows = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(rows, np.float32).reshape(-1, 4)
