"""Merges the decoded heads of overlapping tiles into those of the whole image."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import iou
from auxnet_cli.task import TASKS
from auxnet_cli.verdict.decoded_heads import DecodedHeads, Floats
from auxnet_cli.verdict.fused_votes import mean_odds


def merge(
    windows: Sequence[Window],
    parts: Sequence[DecodedHeads],
    overlap: float,
    most: int,
) -> DecodedHeads:
    """Merges the heads of the tiles of one image.

    - A class scores as on the tile where it scores highest.
    - Probabilities of pixels are averaged, a tile's weight falling towards the edges where another
      takes over.
    - The novelty is that of the newest tile; its map is merged as probabilities are.
    - Boxes of a class on two tiles that cover the same of the strip which both tiles see are one
      defect; it gets the box around both and the higher score.

    Where the last window is the whole image, a second view, its log-odds of the classes and its
    probabilities of pixels count as much as those of all tiles together; its boxes are fused with
    theirs as those of one more tile.

    ``overlap`` is the IoU, within the strip, from which two boxes are one defect; boxes that share
    nothing there are never one. ``most`` boxes are kept at most.
    """
    if len(parts) == 1:
        return parts[0]
    height = max(window.top + window.height for window in windows)
    width = max(window.left + window.width for window in windows)

    def mean_scores(scores: list[Any]) -> Floats:
        views = _views(windows, scores, _highest)
        return views[0] if len(views) == 1 else mean_odds(views)

    def mean_map(maps: list[Any]) -> Floats:
        views = _views(windows, maps, lambda tiles: _blend(windows, tiles, height, width))
        return views[0] if len(views) == 1 else np.float32(0.5) * (views[0] + views[1])

    join: dict[str, Callable[[list[Any]], Any]] = {
        "scores": mean_scores,
        "map": mean_map,
        "boxes": lambda boxes: _fuse(windows, boxes, overlap)[:most],
    }
    answers = {
        task: join[TASKS[task].answer]([part.answers[task] for part in parts])
        for task in parts[0].answers
    }
    novelties = [part.novelty for part in parts if part.novelty is not None]
    maps = [part.novelty_map[..., None] for part in parts if part.novelty_map is not None]
    return DecodedHeads(
        height,
        width,
        answers,
        novelty=max(novelties, default=None),
        novelty_map=mean_map(maps)[..., 0] if maps else None,
    )


def _views(
    windows: Sequence[Window], parts: list[Any], join: Callable[[list[Any]], Floats]
) -> list[Floats]:
    """Returns what all tiles say together and, where there is one, what the whole image says."""
    last, first = windows[-1], windows[0]
    if last.height > first.height or last.width > first.width:
        return [join(parts[:-1]), parts[-1]]
    return [join(parts)]


def _highest(scores: list[Floats]) -> Floats:
    highest: Floats = np.max(scores, axis=0)
    return highest


def _blend(windows: Sequence[Window], maps: Sequence[Floats], height: int, width: int) -> Floats:
    total = np.zeros((height, width, maps[0].shape[2]), np.float32)
    weights = np.zeros((height, width, 1), np.float32)
    for window, probabilities in zip(windows, maps, strict=False):
        weight = np.outer(_ramp(window.height), _ramp(window.width))[:, :, None]
        total[window.slices] += weight * probabilities
        weights[window.slices] += weight
    total /= weights
    return total


def _ramp(length: int) -> Floats:
    """Returns weights that fall evenly from the middle of a tile to its edges, to 1 there."""
    places = np.arange(length)
    return (np.minimum(places, places[::-1]) + 1).astype(np.float32)


def _fuse(
    windows: Sequence[Window], parts: Sequence[Sequence[Box]], overlap: float
) -> tuple[Box, ...]:
    placed = [
        (replace(box, x=box.x + window.left, y=box.y + window.top), number)
        for number, (window, part) in enumerate(zip(windows, parts, strict=True))
        for box in part
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
    """Lists for each box those of its class on other tiles that cover the same of the strip."""
    same: list[list[int]] = [[] for _ in boxes]
    corners = np.array([_corners(box) for box in boxes])
    labels = np.array([box.label for box in boxes])
    on_tile = [np.flatnonzero(tiles == number) for number in range(len(windows))]
    for left, right in combinations(range(len(windows)), 2):
        first, second = on_tile[left], on_tile[right]
        strip = _strip(windows[left], windows[right])
        if strip is None or not (len(first) and len(second)):
            continue
        low, high = np.tile(strip[:2], 2), np.tile(strip[2:], 2)
        shared = iou(*(np.clip(corners[side], low, high) for side in (first, second)))
        agree = (shared > 0) & (shared >= overlap)
        agree &= labels[first][:, None] == labels[second]
        for here, there in np.argwhere(agree):
            same[first[here]].append(int(second[there]))
            same[second[there]].append(int(first[here]))
    return [sorted(others) for others in same]


def _strip(first: Window, second: Window) -> NDArray[np.float32] | None:
    """Returns left, top, right and bottom of what two tiles see; ``None`` if it is nothing."""
    left, top = max(first.left, second.left), max(first.top, second.top)
    right = min(first.left + first.width, second.left + second.width)
    bottom = min(first.top + first.height, second.top + second.height)
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
