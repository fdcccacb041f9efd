"""Masks as run lengths: Severstal's text, COCO's, and the connected defects in a mask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.labels.run_lengths import Mask, coco_lengths


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


def decode(rle: Any, height: int, width: int) -> Mask:
    """The (height, width) mask of COCO's run lengths.

    Raises:
        ValueError: :func:`runs.coco_lengths` refuses them.
    """
    return decode_together([rle], height, width)


def decode_together(rles: Sequence[Any], height: int, width: int) -> Mask:
    """The (height, width) mask of the pixels of several defects, or none: faster than one by one.

    Raises:
        ValueError: :func:`runs.coco_lengths` refuses one of them.
    """
    flat = np.zeros(height * width, bool)
    for rle in rles:
        place, inside = 0, False
        for length in coco_lengths(rle, height, width):
            if inside:
                flat[place : place + length] = True
            place, inside = place + length, not inside
    mask: Mask = flat.reshape(width, height).T
    return mask


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


def _as_text(rle: dict[str, Any]) -> dict[str, Any]:
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode("ascii")}
