"""Assigns anchors to defects: which anchor learns which defect, the background, or nothing."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.model.detection.boxes import Floats, encode, iou
from auxnet_cli.settings import AnchorSettings

BACKGROUND, IGNORED = -1, -2

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


def match(
    anchors: Floats, boxes: Floats, labels: Indices, settings: AnchorSettings
) -> tuple[Indices, Floats]:
    """Assigns anchors to defects by the rule of ``assign``. Every defect gets at least one.

    Of two defects that have the same best anchor, the better overlap takes it, and the other gets
    its best among those left.

    Args:
        anchors: (anchors, 4) x1, y1, x2, y2.
        boxes: (defects, 4) x1, y1, x2, y2; no more than there are anchors.
        labels: (defects,) class indices.
        settings: the rule and its thresholds.

    Returns:
        (anchors,) class index, ``BACKGROUND`` or ``IGNORED``; and (anchors, 4) offsets, 0 where
        no defect is assigned.
    """
    classes = np.full(len(anchors), BACKGROUND, np.int64)
    offsets = np.zeros((len(anchors), 4), np.float32)
    if not len(boxes):
        return classes, offsets
    overlap = iou(boxes, anchors)
    owner, near = RULES[settings.assign](overlap, settings)
    owner[_own_anchors(overlap)] = np.arange(len(boxes))
    classes[near & (overlap.max(axis=0) > 0)] = IGNORED
    assigned = owner >= 0
    classes[assigned] = labels[owner[assigned]]
    offsets[assigned] = encode(boxes[owner[assigned]], anchors[assigned])
    return classes, offsets


def _own_anchors(overlap: Floats) -> Indices:
    """Returns the anchor that each defect has for itself: the best that no better overlap takes.

    Args:
        overlap: (defects, anchors) IoU.
    """
    taken = np.zeros(len(overlap), np.int64)
    left = overlap.copy()
    for defect in np.argsort(-overlap.max(axis=1), kind="stable"):
        taken[defect] = left[defect].argmax()
        left[:, taken[defect]] = -1
    return taken


def _by_iou(overlap: Floats, settings: AnchorSettings) -> tuple[Indices, Flags]:
    """Assigns each anchor to the defect that it overlaps most, by ``match`` or more (RetinaNet).

    Args:
        overlap: (defects, anchors) IoU.
        settings: ``match`` and ``ignore``, IoU.

    Returns:
        (anchors,) index of the defect, or -1; and (anchors,) whether it is near a defect.
    """
    best = overlap.max(axis=0)
    owner = np.where((best > 0) & (best >= settings.match), overlap.argmax(axis=0), -1)
    return owner, best >= settings.ignore


def _by_part(overlap: Floats, settings: AnchorSettings) -> tuple[Indices, Flags]:
    """Assigns to each defect its best anchors, measured by the best of them.

    An anchor's part is its IoU over that of the defect's best anchor. A defect gets the ``most``
    anchors of the highest IoU whose part is ``part`` or more, so that small and thin defects, which
    every anchor overlaps little, are learned from as many anchors as others. An anchor that several
    defects would get belongs to the one of the highest part. Of equals the first is taken.

    Args:
        overlap: (defects, anchors) IoU.
        settings: ``most``; ``part`` and ``near``, 0-1; ``ignore``, IoU.

    Returns:
        As :func:`_by_iou`.
    """
    best = overlap.max(axis=1, keepdims=True)
    parts = np.divide(overlap, best, out=np.zeros_like(overlap), where=best > 0)
    defects, anchors = np.nonzero((parts >= settings.part) & (parts > 0))
    order = np.lexsort((anchors, -overlap[defects, anchors], defects))
    defects, anchors = defects[order], anchors[order]
    rank = np.arange(len(defects)) - np.searchsorted(defects, defects)
    defects, anchors = defects[rank < settings.most], anchors[rank < settings.most]
    order = np.lexsort((defects, -parts[defects, anchors], anchors))
    wanted, first = np.unique(anchors[order], return_index=True)
    owner = np.full(overlap.shape[1], -1, np.int64)
    owner[wanted] = defects[order[first]]
    near = (parts.max(axis=0) >= settings.near) | (overlap.max(axis=0) >= settings.ignore)
    return owner, near


RULES: dict[str, Callable[[Floats, AnchorSettings], tuple[Indices, Flags]]] = {
    "relative": _by_part,
    "iou": _by_iou,
}
"""The rules by their names in the settings."""
