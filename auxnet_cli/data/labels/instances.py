"""Splits masks into connected defects."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.run_lengths import Mask, Rle, as_text


@dataclass(frozen=True)
class Instance:
    """One connected defect.

    Attributes:
        rle: its mask at the image's size; ``None`` where the source has boxes only.
        area: pixels; of the box where there is no mask.
        box: x, y, width, height in pixels.
    """

    rle: Rle | None
    area: float
    box: Box


def boxed(box: Box) -> Instance:
    """Returns the instance of a defect that has a box and no mask."""
    return Instance(None, box[2] * box[3], box)


def components(mask: Mask) -> list[Instance]:
    """Returns the connected defects of a (height, width) mask, neighbours by edge or corner.

    They come in the order of their first pixel from top to bottom. The work grows with the pixels,
    not with pixels times defects, so that masks full of specks do not stall.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    # Defects are small beside their image: only the part that holds them is worked on.
    top, left = int(rows[0]), int(columns[0])
    cut = np.ascontiguousarray(mask[top : rows[-1] + 1, left : columns[-1] + 1], dtype=np.uint8)
    number, labels, stats, _ = cv2.connectedComponentsWithStats(cut, connectivity=8)
    # A run that does not cross a column's end lies in one component: that of its first pixel.
    padded_height = len(cut) + 1
    padded = np.zeros((cut.shape[1], padded_height), np.int8)
    padded[:, :-1] = cut.T
    edges = np.diff(padded.ravel(), prepend=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    x, y = np.divmod(starts, padded_height)
    owners = labels[y, x]
    firsts = (x + left) * height + y + top
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[order], np.arange(1, number + 1))
    instances = []
    for label in range(1, number):
        runs = order[bounds[label - 1] : bounds[label]]
        rle = _encode_runs(firsts[runs], ends[runs] - starts[runs], height, width)
        x1, y1, wide, tall, area = (int(value) for value in stats[label])
        instances.append(Instance(rle, area, (x1 + left, y1 + top, wide, tall)))
    return instances


def _encode_runs(
    starts: NDArray[np.intp], lengths: NDArray[np.intp], height: int, width: int
) -> Rle:
    """Returns the COCO RLE of runs, joining those that meet at the end of a column."""
    ends = starts + lengths
    apart = starts[1:] != ends[:-1]
    starts = starts[np.concatenate(([True], apart))]
    ends = ends[np.concatenate((apart, [True]))]
    borders = np.column_stack((starts, ends)).ravel()
    counts = np.diff(borders, prepend=0, append=height * width)
    if counts[-1] == 0:
        counts = counts[:-1]
    plain = {"size": [height, width], "counts": counts.tolist()}
    return as_text(coco.frPyObjects(plain, height, width))
