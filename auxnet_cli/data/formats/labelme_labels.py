"""The shapes of one LabelMe JSON, to labels."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.formats import Box, RejectedImageError
from auxnet_cli.data.formats.boxes import fit_box
from auxnet_cli.data.formats.labelme_file import Shape, decode_base64
from auxnet_cli.data.formats.shapes import (
    LINE_WIDTH,
    Points,
    circle_mask,
    line_mask,
    polygons_mask,
    to_points,
)
from auxnet_cli.data.image_header import header_size
from auxnet_cli.data.images import decode_mask
from auxnet_cli.data.runs import Mask
from auxnet_cli.errors import InputError

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


def read_labels(
    shapes: Sequence[Shape], height: int, width: int, file: str, audit: Audit
) -> Iterator[tuple[str, Mask | Box]]:
    """The label of each shape: the box of a rectangle, the mask of any other.

    Masks of one label and group become one. Points, and what covers no pixel, are passed over and
    noted; so are lines, which are drawn.

    Args:
        shapes: of the image.
        height: of the image, pixels.
        width: likewise.
        file: the image as the audit calls it.
        audit: takes what is odd.

    Raises:
        RejectedImageError: a shape is none of this image, or it has shapes and none is usable.
    """
    grouped: dict[tuple[str, str], Mask] = {}
    kinds: Counter[str] = Counter()
    usable = 0
    for shape in shapes:
        kinds[shape.kind] += 1
        if shape.kind == "point":
            continue
        try:
            drawn = _draw(shape, height, width)
        except ValueError as error:
            raise RejectedImageError("unusable-annotation", f"{shape.place}: {error}") from None
        if isinstance(drawn, tuple):
            box = fit_box(drawn, height, width, file, shape.place, audit)
            if box is not None:
                usable += 1
                yield shape.label, box
        elif not drawn.any():
            detail = f"{shape.place}: it covers no pixel's centre"
            audit.add("empty-shape", file, detail, "annotation skipped")
        elif shape.group is None:
            usable += 1
            yield shape.label, drawn
        else:
            usable += 1
            key = shape.label, shape.group
            grouped[key] = grouped[key] | drawn if key in grouped else drawn
    for (label, _), mask in grouped.items():
        yield label, mask
    lines = kinds["line"] + kinds["linestrip"]
    if lines:
        detail = f"{lines} lines, which have no width of their own"
        audit.add("line-without-width", file, detail, f"drawn {LINE_WIDTH} px wide")
    if kinds["point"]:
        detail = f"{kinds['point']} points, which tell nothing of a defect's extent"
        audit.add("point-without-extent", file, detail, "annotations skipped")
    if shapes and not usable:
        detail = f"it has {len(shapes)} shapes, but none can be used"
        raise RejectedImageError("no-usable-annotation", detail)


def _draw(shape: Shape, height: int, width: int) -> Mask | Corners:
    """The (height, width) mask of a shape, or the corners of a rectangle."""
    points = to_points(shape.points, height, width)
    if shape.kind == "polygon":
        return polygons_mask([points], height, width)
    if shape.kind == "circle":
        return circle_mask(points, height, width)
    if shape.kind in ("line", "linestrip"):
        return line_mask(points, height, width)
    if shape.kind == "mask":
        return _paste(shape.mask, points, height, width)
    if len(points) not in (2, 4):  # LabelMe saves two corners, its relatives all four
        raise ValueError(f"a rectangle has two corners, not {len(points)} points")
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _paste(encoded: Any, points: Points, height: int, width: int) -> Mask:
    """The mask of a PNG whose upper left pixel the first corner names; any value above 0 counts."""
    if len(points) != 2:
        raise ValueError(f"a mask has two corners, not {len(points)} points")
    content = decode_base64(encoded)
    high, wide = header_size(content)
    x, y = (round(value) for value in points.min(axis=0))
    if x < 0 or y < 0 or y + high > height or x + wide > width:
        raise ValueError(
            f"its mask of {wide} x {high} pixels at ({x}, {y}) reaches past the image of "
            f"{width} x {height}"
        )
    try:
        stamp = decode_mask(content, Path("its mask")) > 0
    except InputError as error:
        raise ValueError(str(error).rstrip(".")) from None
    mask = np.zeros((height, width), bool)
    mask[y : y + high, x : x + wide] = stamp
    return mask
