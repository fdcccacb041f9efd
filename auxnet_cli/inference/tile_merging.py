"""Seams: the findings of overlapping tiles become those of the whole image."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import iou
from auxnet_cli.verdict.decoded_heads import Findings, Floats


def merge(
    windows: Sequence[Window],
    parts: Sequence[Findings],
    overlap: float,
    most: int,
) -> Findings:
    """One image's findings from its tiles'.

    - A class scores as on the tile where it scores highest.
    - Mask probabilities are averaged, a tile's weight falling towards the edges where another
      takes over.
    - Boxes of a class on two tiles that cover the same of the strip which both tiles see are one
      defect; it gets the box around both and the higher score.

    Args:
        windows: the tiles' places; together they cover the image.
        parts: their findings.
        overlap: IoU, within the strip, from which two boxes are one defect; boxes that share
            nothing there are never one.
        most: boxes kept at most.
    """
    if len(parts) == 1:
        return parts[0]
    height = max(window.top + window.height for window in windows)
    width = max(window.left + window.width for window in windows)
    scores = [part.scores for part in parts if part.scores is not None]
    maps = [part.probabilities for part in parts if part.probabilities is not None]
    boxes = [part.boxes for part in parts if part.boxes is not None]
    return Findings(
        height,
        width,
        np.max(scores, axis=0) if scores else None,
        _blend(windows, maps, height, width) if maps else None,
        _fuse(windows, boxes, overlap)[:most] if boxes else None,
    )


def _blend(windows: Sequence[Window], maps: Sequence[Floats], height: int, width: int) -> Floats:
    total = np.zeros((height, width, maps[0].shape[2]), np.float32)
    weights = np.zeros((height, width, 1), np.float32)
    for window, probabilities in zip(windows, maps, strict=True):
        weight = np.outer(_ramp(window.height), _ramp(window.width))[:, :, None]
        total[window.slices] += weight * probabilities
        weights[window.slices] += weight
    total /= weights
    return total


def _ramp(length: int) -> Floats:
    """Weights that fall evenly from the middle of a tile to its edges, where they are above 0."""
    places = np.arange(length)
    return (np.minimum(places, places[::-1]) + 1).astype(np.float32)


def _fuse(
    windows: Sequence[Window], found: Sequence[Sequence[Box]], overlap: float
) -> tuple[Box, ...]:
    placed = [
        (replace(box, x=box.x + window.left, y=box.y + window.top), number)
        for number, (window, own) in enumerate(zip(windows, found, strict=True))
        for box in own
    ]
    placed.sort(key=lambda pair: -pair[0].score)
    boxes = [box for box, _ in placed]
    same = _same(boxes, np.array([number for _, number in placed]), windows, overlap)
    waiting = [True] * len(boxes)
    fused = []
    for first, box in enumerate(boxes):
        if not waiting[first]:
            continue
        members = [first]
        waiting[first] = False
        # The defect grows from tile to tile; weak boxes go with it, but do not widen it.
        for member in members:
            for other in same[member]:
                if waiting[other]:
                    waiting[other] = False
                    if boxes[other].score >= box.score / 2:
                        members.append(other)
        fused.append(_around([boxes[member] for member in members]))
    return tuple(fused)


def _same(
    boxes: Sequence[Box], tiles: NDArray[np.intp], windows: Sequence[Window], overlap: float
) -> list[list[int]]:
    """Of each box those of its class on other tiles that cover the same of what both tiles see."""
    same: list[list[int]] = [[] for _ in boxes]
    corners = np.array([_corners(box) for box in boxes])
    labels = np.array([box.label for box in boxes])
    on = [np.flatnonzero(tiles == number) for number in range(len(windows))]
    for one, other in combinations(range(len(windows)), 2):
        first, second = on[one], on[other]
        strip = _strip(windows[one], windows[other])
        if strip is None or not (len(first) and len(second)):
            continue
        low, high = np.tile(strip[:2], 2), np.tile(strip[2:], 2)
        shared = iou(*(np.clip(corners[own], low, high) for own in (first, second)))
        agree = (shared > 0) & (shared >= overlap)
        agree &= labels[first][:, None] == labels[second]
        for here, there in np.argwhere(agree):
            same[first[here]].append(int(second[there]))
            same[second[there]].append(int(first[here]))
    return [sorted(others) for others in same]


def _strip(one: Window, other: Window) -> NDArray[np.float32] | None:
    """Left, top, right and bottom of what two tiles see; ``None`` if it is nothing."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    if left >= right or top >= bottom:
        return None
    return np.array([left, top, right, bottom], np.float32)


def _around(boxes: Sequence[Box]) -> Box:
    corners = np.array([_corners(box) for box in boxes])
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    x, y, width, height = (float(value) for value in (*low, *(high - low)))
    return replace(boxes[0], x=x, y=y, width=width, height=height)


def _corners(box: Box) -> NDArray[np.float32]:
    return np.array([box.x, box.y, box.x + box.width, box.y + box.height], np.float32)
