"""Matches predicted boxes with true defects: pycocotools' matching, image by image."""

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, Ints

if TYPE_CHECKING:
    from pycocotools.coco import COCO

Columns = Mapping[str, NDArray[Any]]
"""(boxes, ...) entries of annotations, by COCO's name."""

MAX_BOXES = 100
IOUS = np.linspace(0.5, 0.95, 10)

# COCO's, in pixels: small up to 32 x 32, medium up to 96 x 96, large from there on; the border
# counts on both sides. The area is that of a defect's mask, or of its box where it has none.
RANGES = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}


@dataclass(frozen=True)
class Matching:
    """The boxes of a split and what they match, class by class and strongest first.

    Attributes:
        image: (boxes,) the image's index in the evidence.
        label: (boxes,)
        area: (boxes,) pixels.
        true_image, true_label, true_area: (defects,) the same of the truth.
        candidates: (candidates,) indices into the boxes of those that overlap a defect of their
            class enough to match it at the lowest of ``IOUS``. The others match nothing.
        matched: (ranges, IoUs, candidates) whether each matches a defect, that of another size too.
        ignored: (ranges, IoUs, candidates) whether it then counts neither as right nor as wrong,
            because its size, or that of the defect it matches, is out of the range.
    """

    image: Ints
    label: Ints
    area: Floats
    true_image: Ints
    true_label: Ints
    true_area: Floats
    candidates: Ints
    matched: Flags
    ignored: Flags

    @classmethod
    def of(cls, evidence: Sequence[Evidence], ranges: Sequence[str] = tuple(RANGES)) -> "Matching":
        """Matches the boxes of all images, for some of :data:`RANGES`."""
        none = np.empty((0, 6))
        image, boxes = _joined([none if e.boxes is None else e.boxes for e in evidence], 6)
        true_image, true = _joined([e.truth for e in evidence], 5)
        true_area = np.array([flaw.area for e in evidence for flaw in e.flaws], np.float64)
        kept = _strongest(image, boxes)
        image, boxes = image[kept], boxes[kept]
        order = np.lexsort((-boxes[:, 1], boxes[:, 0]))
        image, boxes = image[order], boxes[order]
        area = boxes[:, 4] * boxes[:, 5]
        candidates = _candidates(image, boxes, true_image, true)
        truth = {
            "image_id": true_image,
            "category_id": true[:, 0].astype(np.int64),
            "bbox": true[:, 1:],
            "area": true_area,
        }
        predicted = {
            "image_id": image[candidates],
            "category_id": boxes[candidates, 0].astype(np.int64),
            "bbox": boxes[candidates, 2:],
            "area": area[candidates],
            "score": boxes[candidates, 1],
        }
        matched, ignored = _match(truth, predicted, ranges)
        return cls(
            image,
            boxes[:, 0].astype(np.int64),
            area,
            true_image,
            true[:, 0].astype(np.int64),
            true_area,
            candidates,
            matched,
            ignored,
        )


def _joined(tables: Sequence[Floats], columns: int) -> tuple[Ints, Floats]:
    """Joins the rows of all images in one table, with the index of the image of each."""
    image = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    return image, np.concatenate([np.empty((0, columns)), *tables])


def _strongest(image: Ints, boxes: Floats) -> Ints:
    """Returns the indices of the strongest boxes of each class on each image, image by image."""
    order = np.lexsort((-boxes[:, 1], boxes[:, 0], image))
    keys = np.column_stack((image, boxes[:, 0].astype(np.int64)))[order]
    first = np.append(True, (keys[1:] != keys[:-1]).any(axis=1))[: len(order)]
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    return np.asarray(order[rank < MAX_BOXES])


def _candidates(image: Ints, boxes: Floats, true_image: Ints, true: Floats) -> Ints:
    """Returns the indices of boxes that overlap a defect of their class by the lowest IoU."""
    near: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    defects, predicted = _by_image_and_label(true_image, true), _by_image_and_label(image, boxes)
    for key in defects.keys() & predicted.keys():
        shown = np.ascontiguousarray(true[defects[key], 1:])
        overlap = coco.iou(boxes[predicted[key], 2:], shown, [0] * len(shown))
        near.append(np.array(predicted[key], np.int64)[overlap.max(axis=1) >= IOUS[0]])
    return np.sort(np.concatenate(near))


def _by_image_and_label(image: Ints, rows: Floats) -> dict[tuple[int, int], list[int]]:
    indices: dict[tuple[int, int], list[int]] = {}
    keys = zip(image.tolist(), rows[:, 0].astype(int).tolist(), strict=True)
    for index, key in enumerate(keys):
        indices.setdefault(key, []).append(index)
    return indices


def _coco(images: Sequence[int], columns: Columns) -> "COCO":
    """Returns boxes as pycocotools takes them. Ids start at 1: 0 stands for "unmatched"."""
    from pycocotools.coco import COCO

    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    data = COCO()
    data.dataset = {
        "images": [{"id": image} for image in images],
        "categories": [{"id": label} for label in np.unique(columns["category_id"]).tolist()],
        "annotations": [
            {"id": number, "iscrowd": 0, **dict(zip(columns, row, strict=True))}
            for number, row in enumerate(rows, start=1)
        ],
    }
    data.createIndex()
    return data


def _match(truth: Columns, predicted: Columns, ranges: Sequence[str]) -> tuple[Flags, Flags]:
    """Returns ``matched`` and ``ignored`` of candidates, by COCOeval; see :class:`Matching`."""
    from pycocotools.cocoeval import COCOeval

    shape = (len(ranges), len(IOUS), len(predicted["image_id"]))
    matched, ignored = np.zeros(shape, bool), np.zeros(shape, bool)
    if not len(predicted["image_id"]):
        return matched, ignored
    images = np.unique(predicted["image_id"]).tolist()
    shown = np.isin(truth["image_id"], images)
    truth = {name: column[shown] for name, column in truth.items()}
    limits = [list(RANGES[size]) for size in ranges]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(_coco(images, truth), _coco(images, predicted), "bbox")
        evaluation.params.areaRng, evaluation.params.areaRngLbl = limits, list(ranges)
        evaluation.params.maxDets = [MAX_BOXES]
        evaluation.evaluate()
    for result in evaluation.evalImgs:
        if result is not None and result["dtIds"]:
            boxes = np.array(result["dtIds"]) - 1
            size = limits.index(result["aRng"])
            matched[size][:, boxes] = result["dtMatches"] > 0
            ignored[size][:, boxes] = result["dtIgnore"]
    return matched, ignored
