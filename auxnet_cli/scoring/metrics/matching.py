"""Which found box is which true defect: pycocotools' matching, image by image."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, Ints

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
        image: (boxes,) the image's place in the evidence.
        label: (boxes,)
        area: (boxes,) pixels.
        true_image, true_label, true_area: (defects,) the same of the truth.
        candidates: (candidates,) places among the boxes of those that overlap a defect of their
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
        """Match the boxes of all images that have an answer; see :class:`Matching`."""
        asked = [(place, e) for place, e in enumerate(evidence) if e.answer is not None]
        image, boxes = _joined([(place, e.answer) for place, e in asked], 6)
        true_image, true = _joined([(place, e.truth) for place, e in asked], 5)
        true_area = np.array([flaw.area for _, e in asked for flaw in e.flaws], np.float64)
        kept = _strongest(image, boxes)
        image, boxes = image[kept], boxes[kept]
        order = np.lexsort((-boxes[:, 1], boxes[:, 0]))
        image, boxes = image[order], boxes[order]
        candidates = _candidates(image, boxes, true_image, true)
        matched, ignored = _match(
            image[candidates], boxes[candidates], true_image, true, true_area, ranges
        )
        return cls(
            image,
            boxes[:, 0].astype(np.int64),
            boxes[:, 4] * boxes[:, 5],
            true_image,
            true[:, 0].astype(np.int64),
            true_area,
            candidates,
            matched,
            ignored,
        )


def _joined(rows: Sequence[tuple[int, Floats | None]], columns: int) -> tuple[Ints, Floats]:
    """The rows of all images in one table, and the place of the image of each."""
    tables = [np.empty((0, columns)) if own is None else own for _, own in rows]
    lengths = [len(table) for table in tables]
    image = np.repeat(np.array([place for place, _ in rows], np.int64), lengths)
    return image, np.concatenate(tables) if tables else np.empty((0, columns))


def _strongest(image: Ints, boxes: Floats) -> Ints:
    """The places of the strongest boxes of each class on each image, in the order of images."""
    order = np.lexsort((-boxes[:, 1], boxes[:, 0], image))
    keys = np.column_stack((image, boxes[:, 0].astype(np.int64)))[order]
    first = np.append(True, (keys[1:] != keys[:-1]).any(axis=1))[: len(order)]
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    return np.asarray(order[rank < MAX_BOXES])


def _candidates(image: Ints, boxes: Floats, true_image: Ints, true: Floats) -> Ints:
    """The places of the boxes that overlap a defect of their class by the lowest IoU or more."""
    shown: dict[tuple[int, int], list[int]] = {}
    for place, (number, label) in enumerate(zip(true_image, true[:, 0], strict=True)):
        shown.setdefault((int(number), int(label)), []).append(place)
    found: dict[tuple[int, int], list[int]] = {}
    for place, (number, label) in enumerate(
        zip(image.tolist(), boxes[:, 0].astype(int).tolist(), strict=True)
    ):
        if (number, label) in shown:
            found.setdefault((number, label), []).append(place)
    near: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for key, places in found.items():
        own = true[shown[key], 1:]
        overlap = coco.iou(boxes[places, 2:], np.ascontiguousarray(own), [0] * len(own))
        near.append(np.array(places, np.int64)[overlap.max(axis=1) >= IOUS[0]])
    return np.sort(np.concatenate(near))


def _match(
    image: Ints,
    boxes: Floats,
    true_image: Ints,
    true: Floats,
    true_area: Floats,
    ranges: Sequence[str],
) -> tuple[Flags, Flags]:
    """``matched`` and ``ignored`` of candidates, by COCOeval; see :class:`Matching`."""
    from pycocotools.cocoeval import COCOeval

    shape = (len(ranges), len(IOUS), len(image))
    matched, ignored = np.zeros(shape, bool), np.zeros(shape, bool)
    if not len(image):
        return matched, ignored
    images = sorted(set(image.tolist()))
    some = np.isin(true_image, images)
    area = boxes[:, 4] * boxes[:, 5]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = _coco(images, true_image[some], true[some, 0], true[some, 1:], true_area[some])
        found = _coco(images, image, boxes[:, 0], boxes[:, 2:], area, boxes[:, 1])
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.areaRng = [list(RANGES[name]) for name in ranges]
        evaluation.params.areaRngLbl = list(ranges)
        evaluation.params.maxDets = [MAX_BOXES]
        evaluation.evaluate()
    limits = [list(RANGES[name]) for name in ranges]
    for result in evaluation.evalImgs:
        if result is not None and result["dtIds"]:
            own = np.array(result["dtIds"]) - 1
            place = limits.index(result["aRng"])
            matched[place][:, own] = result["dtMatches"] > 0
            ignored[place][:, own] = result["dtIgnore"]
    return matched, ignored


def _coco(
    images: Sequence[int],
    image: Ints,
    labels: Floats,
    boxes: Floats,
    areas: Floats,
    scores: Floats | None = None,
) -> Any:
    """A COCO object of boxes."""
    from pycocotools.coco import COCO

    rows = zip(image.tolist(), labels.tolist(), boxes.tolist(), areas.tolist(), strict=True)
    entries: list[dict[str, Any]] = [
        {
            "id": index,  # from 1: COCOeval takes the id 0 for "unmatched"
            "image_id": number,
            "category_id": int(label),
            "bbox": box,
            "area": area,
            "iscrowd": 0,
        }
        for index, (number, label, box, area) in enumerate(rows, start=1)
    ]
    for entry, score in zip(entries, () if scores is None else scores.tolist(), strict=False):
        entry["score"] = score
    coco_set = COCO()
    coco_set.dataset = {
        "images": [{"id": number} for number in images],
        "categories": [{"id": label} for label in sorted({int(label) for label in labels})],
        "annotations": entries,
    }
    coco_set.createIndex()
    return coco_set
