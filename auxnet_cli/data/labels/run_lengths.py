"""Run lengths, read and checked: Severstal's, and COCO's as text or as numbers.

Both count pixels down the first column, then down the next. Severstal gives starts, from 1, and
lengths: ``"3 2"`` are pixels 3 and 4. COCO gives lengths of background and defect in turn, and most
tools pack them into text. What comes out is checked, so that it can be filled without a fault.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WHOLE = re.compile(r"-?[0-9]+")
_LETTERS, _NEGATIVE, _MORE = bytes(range(48, 112)), 64, 80
_MOST_LETTERS = 7
"""Of a number of 32 bits, the largest that COCO's text holds."""

MAX_LETTERS = 2**24
"""Letters, or numbers, of a mask at most. An image of 4 megapixels in which every other pixel is
defective has fewer; what they fill takes up to 100 times their memory to read."""

Mask = NDArray[np.bool_]
Runs = NDArray[np.int64]
"""(runs, 2): zero-based start in column-first order, and length; sorted, without overlap."""


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


def coco_lengths(rle: Any, height: int, width: int) -> list[int]:
    """Read COCO's run lengths of an image of a known size, of background and defect in turn.

    All is checked before memory is taken: pycocotools reads and writes past its memory where sizes
    and lengths do not fit together.

    Args:
        rle: ``size``, (height, width), and ``counts``: text, also as bytes, or whole numbers.
        height: of the image, pixels.
        width: likewise.

    Raises:
        ValueError: it is of another size, its counts are damaged, or they do not add up to the
            image's pixels.
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
    # Each pixel may end a run, and a letter or two say where.
    if len(counts) > min(2 * pixels + 2 * _MOST_LETTERS, MAX_LETTERS):
        raise ValueError(f"its run lengths are more than an image of {width} x {height} has")
    lengths = _unpack(counts) if isinstance(counts, str) else counts
    if not all(type(length) is int for length in lengths):
        raise ValueError("its run lengths are no whole numbers")
    if min(lengths, default=0) < 0 or sum(lengths) != pixels:
        raise ValueError(f"its run lengths do not add up to {pixels} pixels")
    return lengths


def coco_runs(rle: Any, height: int, width: int) -> Runs:
    """The runs of a defect in COCO's run lengths.

    Raises:
        ValueError: :func:`coco_lengths` refuses them.
    """
    lengths = np.array(coco_lengths(rle, height, width), np.int64)
    inside = lengths[1::2]
    runs = np.column_stack((np.cumsum(lengths)[::2][: len(inside)], inside))
    return runs[inside > 0]


def fill(runs: Runs, height: int, width: int) -> Mask:
    """The (height, width) mask of runs.

    Raises:
        ValueError: a run reaches past the image.
    """
    ends = runs.sum(axis=1)
    past = np.flatnonzero(ends > height * width)
    if past.size:
        raise ValueError(
            f"the run {_words(runs[past[0]])} reaches past the image of {width} x {height} pixels"
        )
    flat = np.zeros(height * width, bool)
    for start, end in zip(runs[:, 0].tolist(), ends.tolist(), strict=True):
        flat[start:end] = True
    mask: Mask = flat.reshape(width, height).T
    return mask


def _unpack(text: str) -> list[int]:
    """The lengths of COCO's text, unchecked but for its letters.

    Each is in groups of five bits, the lowest first; a sixth bit says that more follow, and the
    sign is that of the last group. From the fourth on they are differences to the last but one.
    """
    if not text.isascii():
        raise ValueError("its run lengths are damaged: there are letters other than ASCII's")
    letters = text.encode("ascii")
    if letters.translate(None, _LETTERS):
        raise ValueError("its run lengths are damaged: there are letters that stand for nothing")
    lengths: list[int] = []
    value = shift = 0
    for letter in letters:
        if shift == 0 and letter < _MORE:  # most numbers are of one letter
            value = letter - 48 if letter < _NEGATIVE else letter - 80
            lengths.append(value + lengths[-2] if len(lengths) > 2 else value)
            value = 0
            continue
        bits = letter - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if shift > 5 * _MOST_LETTERS:
            raise ValueError("its run lengths are damaged: a number is too large")
        if bits & 16:
            value -= 1 << shift
        lengths.append(value + lengths[-2] if len(lengths) > 2 else value)
        value = shift = 0
    if shift:
        raise ValueError("its run lengths are cut off")
    return lengths


def _shown(size: Any) -> str:
    if not isinstance(size, list) or not all(type(side) is int for side in size[:3]):
        return f"a {type(size).__name__}"
    sides = [str(side) if abs(side) < 10**12 else "more than 12 digits" for side in size[:3]]
    return ", ".join(sides)


def _words(run: NDArray[np.int64]) -> str:
    return f"'{run[0] + 1} {run[1]}'"
