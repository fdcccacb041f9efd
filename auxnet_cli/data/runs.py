"""Run lengths, read and checked: Severstal's, and COCO's as text or as numbers.

Both count pixels down the first column, then down the next. Severstal gives starts, from 1, and
lengths: ``"3 2"`` are pixels 3 and 4. COCO gives lengths of background and defect in turn, and most
tools pack them into text. What comes out is checked, so that it can be filled without a fault.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WHOLE = re.compile(r"-?[0-9]+")
_MOST_LETTERS = 7
"""Letters of a number of 32 bits, the largest that COCO's text holds."""

Mask = NDArray[np.bool_]
Lengths = NDArray[np.int64]
"""(lengths,) of background and defect in turn."""
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


def coco_runs(rle: Any, height: int, width: int) -> Runs:
    """Read COCO's run lengths of an image of a known size.

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
    if len(counts) > 2 * pixels + 2 * _MOST_LETTERS:
        raise ValueError(f"its run lengths are more than an image of {width} x {height} has")
    lengths = _unpack(counts) if isinstance(counts, str) else _whole_numbers(counts)
    if (lengths < 0).any() or (lengths > pixels).any() or lengths.sum() != pixels:
        raise ValueError(f"its run lengths do not add up to {pixels} pixels")
    ends = np.cumsum(lengths)
    runs = np.column_stack((ends[:-1:2], lengths[1::2]))
    return runs[runs[:, 1] > 0]


def join_runs(parts: Sequence[Runs]) -> Runs:
    """The runs of everything that any of the parts covers."""
    runs = np.concatenate([np.zeros((0, 2), np.int64), *parts])
    if not len(runs):
        return runs
    runs = runs[np.argsort(runs[:, 0], kind="stable")]
    reached = np.maximum.accumulate(runs.sum(axis=1))
    apart = np.flatnonzero(runs[1:, 0] > reached[:-1])
    starts = runs[np.append(0, apart + 1), 0]
    return np.column_stack((starts, reached[np.append(apart, len(runs) - 1)] - starts))


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
    lengths = np.diff(np.column_stack((runs[:, 0], ends)).ravel(), prepend=0, append=height * width)
    marked = np.arange(len(lengths)) % 2 == 1
    mask: Mask = np.repeat(marked, lengths).reshape(width, height).T
    return mask


def _unpack(text: str) -> Lengths:
    """The lengths of COCO's text, unchecked but for its letters.

    Each is in groups of five bits, the lowest first; a sixth bit says that more follow, and the
    sign is that of the last group. From the fourth on they are differences to the last but one.
    """
    if not text.isascii():
        raise ValueError("its run lengths are damaged: there are letters other than ASCII's")
    letters = np.frombuffer(text.encode("ascii"), np.uint8) - np.uint8(48)
    if (letters > 63).any():
        raise ValueError("its run lengths are damaged: there are letters that stand for nothing")
    last = np.flatnonzero(letters < 32)
    if not len(letters):
        return np.zeros(0, np.int64)
    if not len(last) or last[-1] != len(letters) - 1:
        raise ValueError("its run lengths are cut off")
    first = np.append(0, last[:-1] + 1)
    sizes = last - first + 1
    if sizes.max() > _MOST_LETTERS:
        raise ValueError("its run lengths are damaged: a number is too large")
    lengths = np.zeros(len(last), np.int64)
    for place in range(int(sizes.max())):
        longer = np.flatnonzero(sizes > place)
        bits = letters[first[longer] + place] & 31
        lengths[longer] |= bits.astype(np.int64) << (5 * place)
    lengths -= np.where(letters[last] & 16, np.int64(1) << (5 * sizes), 0)
    # A sum that leaves the image does so long before it leaves 64 bits, and is refused for that.
    lengths[1::2] = np.cumsum(lengths[1::2])
    lengths[2::2] = np.cumsum(lengths[2::2])
    return lengths


def _whole_numbers(counts: list[Any]) -> Lengths:
    if not all(type(count) is int for count in counts):
        raise ValueError("its run lengths are no whole numbers")
    try:
        return np.array(counts, np.int64)
    except OverflowError:
        return np.array([-1])  # refused as every number is that no image has


def _shown(size: Any) -> str:
    if not isinstance(size, list) or not all(type(side) is int for side in size[:3]):
        return f"a {type(size).__name__}"
    sides = [str(side) if abs(side) < 10**12 else "more than 12 digits" for side in size[:3]]
    return ", ".join(sides)


def _words(run: NDArray[np.int64]) -> str:
    return f"'{run[0] + 1} {run[1]}'"
