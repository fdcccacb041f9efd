"""Reads one YOLO label file: a box or a polygon a line, in parts of the image's width and height.

``class cx cy width height`` is a box by its centre, ``class x1 y1 x2 y2 x3 y3 ...`` a polygon of
three points or more (Ultralytics' formats for detection, segmentation and oriented boxes).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auxnet_cli.data.labels.polygons import MAX_LABELS, Points
from auxnet_cli.system.values import parse_number, quoted

MAX_BYTES = 8 * 2**20
"""Larger files are refused unread."""

OVERSHOOT = 0.01
"""How far a value may lie outside 0-1: more is no rounding, but another unit."""

CLASS_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class YoloLine:
    """One label.

    Attributes:
        line: number in the file, from 1.
        points: (points, 2) x and y as parts of width and height; upper left and lower right corner
            of a box.
        clipped: how far the file's values lay outside 0-1 before they were cut to it.
    """

    line: int
    name: str
    points: Points
    is_box: bool
    clipped: float


def read_lines(path: Path, names: dict[int, str]) -> list[YoloLine]:
    """Returns the labels of a file; none where it is empty, which means a good part.

    Raises:
        ValueError: the file or a line is wrong; it says which line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES // 2**20} MiB")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError("no UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from None
    if len(lines) > MAX_LABELS:
        raise ValueError(f"{len(lines)} lines, more than the {MAX_LABELS} labels that are taken")
    labels = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if words:
            try:
                labels.append(_label(words, number, names))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
    return labels


def _label(words: list[str], line: int, names: dict[int, str]) -> YoloLine:
    label = int(words[0]) if CLASS_NUMBER.fullmatch(words[0]) else -1
    if label not in names:
        raise ValueError(f"class {quoted(words[0])} is none of {min(names)} to {max(names)}")
    count = len(words) - 1
    if count != 4 and (count < 6 or count % 2):
        raise ValueError(
            f"{count} numbers behind the class, but a box has 4 and a polygon 6 or more, in pairs"
        )
    values = np.array([parse_number(word) for word in words[1:]])
    low, high = float(values.min()), float(values.max())
    clipped = max(-low, high - 1, 0.0)
    if clipped > OVERSHOOT:
        worst = low if -low > high - 1 else high
        raise ValueError(f"{worst:g} lies outside 0-1: values are parts of the width and height")
    pairs = np.clip(values, 0, 1).reshape(-1, 2)
    if count == 4:
        pairs = np.array([pairs[0] - pairs[1] / 2, pairs[0] + pairs[1] / 2])
    return YoloLine(line, names[label], pairs, count == 4, clipped)
