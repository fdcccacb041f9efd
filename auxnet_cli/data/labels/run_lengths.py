"""Reads, checks and writes masks as run lengths: Severstal's text and COCO's text or numbers.

Both count pixels down the first column, then down the next. Severstal lists starts, counted from 1,
and lengths: ``"3 2"`` are pixels 3 and 4. COCO lists the lengths of background and defect in turn,
and most tools pack them into text.
"""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_COCO_LETTERS, _NEGATIVE, _CONTINUED = bytes(range(48, 112)), 64, 80
_MAX_LETTERS_OF_NUMBER = 7
"""A number of 32 bits, the largest that COCO's text holds, has this many letters."""

MAX_LETTERS = 2**24
"""The most letters, or numbers, of one mask. An image of 4 megapixels in which every other pixel is
defective has fewer. Reading them takes up to 100 times their memory."""

Mask = NDArray[np.bool_]
Runs = NDArray[np.int64]
"""(runs, 2): zero-based start in column-first order, and length; sorted, without overlap."""


class Rle(TypedDict):
    """COCO's compressed run lengths: (height, width), and the lengths packed into text."""

    size: list[int]
    counts: str


def parse_runs(text: str) -> Runs:
    """Reads Severstal's ``"start length start length ..."``; empty text has no run.

    Raises:
        ValueError: a number is not whole, the count is odd, a start or length is below 1, or runs
            overlap or go backwards.
    """
    words = text.split()
    bad = next((word for word in words if not _WHOLE_NUMBER.fullmatch(word)), None)
    if bad is not None:
        raise ValueError(f"'{bad[:40]}' is not a whole number")
    if len(words) % 2:
        raise ValueError(f"{len(words)} numbers, but starts and lengths come in pairs")
    try:
        runs = np.array(words, dtype=np.int64).reshape(-1, 2)
    except (ValueError, OverflowError):
        raise ValueError("a number is too large") from None
    for column, what in enumerate(("start", "length")):
        low = runs[runs[:, column] < 1, column]
        if low.size:
            raise ValueError(f"{what} {low[0]} is below 1")
    if (runs > np.iinfo(np.int32).max).any():
        raise ValueError("a number is too large")
    runs[:, 0] -= 1
    wrong = np.flatnonzero(runs[1:, 0] < runs.sum(axis=1)[:-1])
    if wrong.size:
        before, after = runs[wrong[0]], runs[wrong[0] + 1]
        verb = "starts before" if after[0] < before[0] else "overlaps"
        raise ValueError(
            f"the run {_quoted(after)} {verb} the run {_quoted(before)}, which precedes it"
        )
    return runs


def to_severstal(mask: Mask) -> str:
    """Returns Severstal's text of a (height, width) mask; ``""`` where it is empty."""
    edges = np.diff(mask.ravel(order="F").astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return " ".join(f"{start + 1} {end - start}" for start, end in zip(starts, ends, strict=True))


def fill(runs: Runs, height: int, width: int) -> Mask:
    """Returns the (height, width) mask of runs.

    Raises:
        ValueError: a run reaches past the image.
    """
    past = np.flatnonzero(runs.sum(axis=1) > height * width)
    if past.size:
        raise ValueError(
            f"the run {_quoted(runs[past[0]])} reaches past the image of {width} x {height} pixels"
        )
    return _fill([runs], height, width)


def encode(mask: Mask) -> Rle:
    """Returns the compressed COCO RLE of a (height, width) mask, ``counts`` as text."""
    if not mask.size:
        return as_text(coco.encode(np.asfortranarray(mask, dtype=np.uint8)))
    # OpenCV turns columns into rows in half of NumPy's time.
    rows = np.ascontiguousarray(mask).view(np.uint8)
    return as_text(coco.encode(cv2.transpose(rows).T))


def as_text(rle: Any) -> Rle:
    """Returns pycocotools' RLE with ``counts`` as text, which JSON can hold."""
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode("ascii")}


def decode(rle: Any, height: int, width: int) -> Mask:
    """Returns the (height, width) mask of COCO's run lengths.

    Raises:
        ValueError: :func:`coco_lengths` refuses them.
    """
    return decode_union([rle], height, width)


def decode_union(rles: Sequence[Any], height: int, width: int) -> Mask:
    """Returns the (height, width) mask of all pixels that any of several defects covers.

    Raises:
        ValueError: :func:`coco_lengths` refuses one of them.
    """
    return _fill([coco_runs(rle, height, width) for rle in rles], height, width)


def coco_runs(rle: Any, height: int, width: int) -> Runs:
    """Returns the runs of a defect in COCO's run lengths.

    Raises:
        ValueError: :func:`coco_lengths` refuses them.
    """
    lengths = np.array(coco_lengths(rle, height, width), np.int64)
    inside = lengths[1::2]
    runs = np.column_stack((np.cumsum(lengths)[::2][: len(inside)], inside))
    return runs[inside > 0]


def coco_lengths(rle: Any, height: int, width: int) -> list[int]:
    """Reads COCO's lengths of background and defect in turn, for a (height, width) image.

    ``rle`` has ``size``, (height, width), and ``counts``: text, bytes or whole numbers. Everything
    is checked before memory is taken: pycocotools reads and writes past its memory where sizes and
    lengths do not fit together.

    Raises:
        ValueError: the size differs, the counts are damaged, or they do not add up to the image's
            pixels.
    """
    if not isinstance(rle, dict):
        raise ValueError(f"its run lengths are a {type(rle).__name__}, not size and counts")
    size, counts, pixels = rle.get("size"), rle.get("counts"), height * width
    if size != [height, width]:
        raise ValueError(f"its run lengths are of size {_shown(size)}, not {height}, {width}")
    if isinstance(counts, bytes):  # pycocotools' own text
        counts = counts.decode("latin-1")
    if not isinstance(counts, str | list):
        raise ValueError(f"its run lengths are a {type(counts).__name__}, not text or numbers")
    # Each pixel may end a run, and the position takes a letter or two.
    if len(counts) > min(2 * pixels + 2 * _MAX_LETTERS_OF_NUMBER, MAX_LETTERS):
        raise ValueError(f"its run lengths are more than an image of {width} x {height} has")
    lengths = _unpack(counts) if isinstance(counts, str) else counts
    if not all(type(length) is int for length in lengths):
        raise ValueError("its run lengths are no whole numbers")
    if min(lengths, default=0) < 0 or sum(lengths) != pixels:
        raise ValueError(f"its run lengths do not add up to {pixels} pixels")
    return lengths


def _unpack(text: str) -> list[int]:
    """Reads the numbers of COCO's text and checks nothing but its letters.

    A number is packed in groups of five bits, the lowest first; a sixth bit says that more follow,
    and the last group carries the sign. From the fourth number on, each is the difference to the
    last but one.
    """
    if not text.isascii():
        raise ValueError("its run lengths are damaged: there are letters other than ASCII's")
    letters = text.encode("ascii")
    if letters.translate(None, _COCO_LETTERS):
        raise ValueError("its run lengths are damaged: there are letters that stand for nothing")
    lengths: list[int] = []
    value = shift = 0
    for letter in letters:
        if shift == 0 and letter < _CONTINUED:  # most numbers have one letter
            value = letter - 48 if letter < _NEGATIVE else letter - 80
        else:
            bits = letter - 48
            value |= (bits & 31) << shift
            shift += 5
            if bits & 32:
                continue
            if shift > 5 * _MAX_LETTERS_OF_NUMBER:
                raise ValueError("its run lengths are damaged: a number is too large")
            if bits & 16:
                value -= 1 << shift
        lengths.append(value + lengths[-2] if len(lengths) > 2 else value)
        value = shift = 0
    if shift:
        raise ValueError("its run lengths are cut off")
    return lengths


def _fill(defects: Sequence[Runs], height: int, width: int) -> Mask:
    flat = np.zeros(height * width, bool)
    for runs in defects:
        for start, length in runs.tolist():
            flat[start : start + length] = True
    mask: Mask = flat.reshape(width, height).T
    return mask


def _shown(size: Any) -> str:
    if not isinstance(size, list) or not all(type(side) is int for side in size[:3]):
        return f"a {type(size).__name__}"
    sides = [str(side) if abs(side) < 10**12 else "more than 12 digits" for side in size[:3]]
    return ", ".join(sides)


def _quoted(run: NDArray[np.int64]) -> str:
    return f"'{run[0] + 1} {run[1]}'"
