"""Run lengths: Severstal's, COCO's, and the connected defects in a mask.

Severstal counts pixels from 1, down the first column, then the next: ``"3 2"`` are pixels 3 and 4.
COCO walks the same way, but alternates lengths of background and defect, and packs them into text.
"""

import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

_WHOLE = re.compile(r"-?[0-9]+")

Mask = NDArray[np.bool_]
Runs = NDArray[np.int64]
"""(runs, 2): zero-based start in column-first order, and length; sorted, without overlap."""


@dataclass(frozen=True)
class Instance:
    """One connected defect.

    Attributes:
        rle: compressed COCO RLE at the image's size, ``counts`` as text; ``None`` where the source
            has boxes only.
        area: pixels; of the box where there is no mask.
        box: x, y, width, height in pixels.
    """

    rle: dict[str, Any] | None
    area: float
    box: tuple[float, float, float, float]


def parse_runs(text: str) -> Runs:
    """Read Severstal's ``"start length start length ..."``; no text means no run.

    Raises:
        ValueError: a number is not whole, the count is odd, a start or length is below 1, or runs
            overlap or go backwards.
    """
    words = text.split()
    bad = next((word for word in words if not _WHOLE.fullmatch(word)), None)
    if bad is not None:
        raise ValueError(f"'{bad[:40]}' is not a whole number")
    if len(words) % 2:
        raise ValueError(f"{len(words)} numbers, but starts and lengths come in pairs")
    try:
        runs = np.array(words, dtype=np.int64).reshape(-1, 2)
    except (ValueError, OverflowError):
        raise ValueError("a number is too large") from None
    for row, what in ((0, "start"), (1, "length")):
        low = runs[runs[:, row] < 1, row]
        if low.size:
            raise ValueError(f"{what} {low[0]} is below 1")
    if len(runs) and (runs > np.iinfo(np.int32).max).any():
        raise ValueError("a number is too large")
    runs[:, 0] -= 1
    ends = runs.sum(axis=1)
    wrong = np.flatnonzero(runs[1:, 0] < ends[:-1])
    if wrong.size:
        before, after = runs[wrong[0]], runs[wrong[0] + 1]
        verb = "starts before" if after[0] < before[0] else "overlaps"
        raise ValueError(
            f"the run {_words(after)} {verb} the run {_words(before)}, which precedes it"
        )
    return runs


def fill(runs: Runs, height: int, width: int) -> Mask:
    """The (height, width) mask of runs.

    Raises:
        ValueError: a run reaches past the image.
    """
    ends = runs.sum(axis=1)
    if len(runs) and ends[-1] > height * width:
        raise ValueError(
            f"the run {_words(runs[-1])} reaches past the image of {width} x {height} pixels"
        )
    steps = np.zeros(height * width + 1, np.int8)
    steps[runs[:, 0]] += 1
    steps[ends] -= 1
    mask: Mask = np.cumsum(steps[:-1], dtype=np.int8).astype(bool).reshape(width, height).T
    return mask


def to_severstal(mask: Mask) -> str:
    """Severstal's text of a (height, width) mask; ``""`` where it is empty."""
    edges = np.diff(mask.ravel(order="F").astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return " ".join(f"{start + 1} {end - start}" for start, end in zip(starts, ends, strict=True))


def encode(mask: Mask) -> dict[str, Any]:
    """Compressed COCO RLE of a (height, width) mask, ``counts`` as text."""
    if not mask.size:
        return _as_text(coco.encode(np.asfortranarray(mask, dtype=np.uint8)))
    # OpenCV turns columns into rows in half of NumPy's time.
    rows = np.ascontiguousarray(mask).view(np.uint8)
    return _as_text(coco.encode(cv2.transpose(rows).T))


def decode(rle: dict[str, Any]) -> Mask:
    """The (height, width) mask of a compressed COCO RLE."""
    mask: Mask = coco.decode(rle).astype(bool)
    return mask


def runs_of(rle: dict[str, Any]) -> Runs:
    """The runs of a compressed COCO RLE, as its defect's pixels are found without its image's.

    The text holds the lengths of background and defect in turn, from the fourth on as differences
    to the last but one, each in groups of five bits: pycocotools' ``rleToString``.
    """
    letters = np.frombuffer(rle["counts"].encode("ascii"), np.uint8).astype(np.int64) - 48
    last = np.flatnonzero(letters & 32 == 0)
    first = np.append(0, last[:-1] + 1)[: len(last)]
    place = 5 * (np.arange(len(letters)) - np.repeat(first, last - first + 1))
    lengths = np.add.reduceat((letters & 31) << place, first) if len(first) else first
    lengths -= np.where(letters[last] & 16, 1 << (place[last] + 5), 0)
    lengths[1::2] = np.cumsum(lengths[1::2])
    lengths[2::2] = np.cumsum(lengths[2::2])
    ends = np.cumsum(lengths)
    runs = np.column_stack((ends[:-1:2], lengths[1::2]))
    return runs[runs[:, 1] > 0]


def components(mask: Mask) -> list[Instance]:
    """The connected defects of a (height, width) mask, neighbours by edge or corner.

    They come in the order of their first pixel from top to bottom. Work grows with the pixels, not
    with pixels times defects, so that masks full of specks do not stall.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    # Defects are small beside their image, and only where they are is there work.
    top, left = int(rows[0]), int(columns[0])
    cut = np.ascontiguousarray(mask[top : rows[-1] + 1, left : columns[-1] + 1], dtype=np.uint8)
    number, labels, stats, _ = cv2.connectedComponentsWithStats(cut, connectivity=8)
    # A run that does not cross a column's end lies in one component, whose label its start tells.
    high = len(cut) + 1
    padded = np.zeros((cut.shape[1], high), np.int8)
    padded[:, :-1] = cut.T
    edges = np.diff(padded.ravel(), prepend=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    x, y = np.divmod(starts, high)
    owners = labels[y, x]
    firsts = (x + left) * height + y + top
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[order], np.arange(1, number + 1))
    instances = []
    for label in range(1, number):
        own = order[bounds[label - 1] : bounds[label]]
        rle = _from_runs(firsts[own], ends[own] - starts[own], height, width)
        x1, y1, wide, tall, area = (int(value) for value in stats[label])
        instances.append(Instance(rle, area, (x1 + left, y1 + top, wide, tall)))
    return instances


def boxed(box: tuple[float, float, float, float]) -> Instance:
    """A defect of which only the box is known."""
    return Instance(None, box[2] * box[3], box)


def _from_runs(
    starts: NDArray[np.intp], lengths: NDArray[np.intp], height: int, width: int
) -> dict[str, Any]:
    """COCO RLE of runs, joining those that meet at the end of a column."""
    ends = starts + lengths
    apart = starts[1:] != ends[:-1]
    starts = starts[np.concatenate(([True], apart))]
    ends = ends[np.concatenate((apart, [True]))]
    borders = np.column_stack((starts, ends)).ravel()
    counts = np.diff(borders, prepend=0, append=height * width)
    if counts[-1] == 0:
        counts = counts[:-1]
    plain = {"size": [height, width], "counts": counts.tolist()}
    return _as_text(coco.frPyObjects(plain, height, width))


def _words(run: NDArray[np.int64]) -> str:
    return f"'{run[0] + 1} {run[1]}'"


def _as_text(rle: dict[str, Any]) -> dict[str, Any]:
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode("ascii")}
