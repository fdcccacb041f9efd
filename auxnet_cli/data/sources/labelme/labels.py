"""The shapes of one LabelMe JSON, to labels."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import open_content
from auxnet_cli.data.images.reading import decode_mask
from auxnet_cli.data.labels.polygons import MAX_LABELS, Points, fill_coco_polygons
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.shapes import (
    LINE_WIDTH,
    circle_mask,
    fit_box,
    line_mask,
    to_points,
)
from auxnet_cli.data.sources import Box, RejectedImageError
from auxnet_cli.data.sources.labelme.file import Shape, decode_base64
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
    if len(shapes) > MAX_LABELS:
        detail = f"it has {len(shapes)} shapes, more than the {MAX_LABELS} that are taken"
        raise RejectedImageError("unusable-annotation", detail)
    usable = 0
    for label, parts in _objects(shapes):
        drawn: Mask | None = None
        for part in parts:  # one by one: each mask is as large as the image
            shape = _visible(part, height, width, file, audit)
            if isinstance(shape, tuple):
                usable += 1
                yield label, shape
            elif shape is not None:
                drawn = shape if drawn is None else drawn | shape
        if drawn is not None:
            usable += 1
            yield label, drawn
    _note_kinds(Counter(shape.kind for shape in shapes), file, audit)
    if shapes and not usable:
        detail = f"it has {len(shapes)} shapes, but none can be used"
        raise RejectedImageError("no-usable-annotation", detail)


def _objects(shapes: Sequence[Shape]) -> list[tuple[str, list[Shape]]]:
    """The label and the shapes of each object: those of one label and group are one."""
    objects: dict[tuple[str, str | int], list[Shape]] = {}
    for number, shape in enumerate(shapes):
        if shape.kind != "point":
            key = shape.label, number if shape.group is None else shape.group
            objects.setdefault(key, []).append(shape)
    # A shape without a group has its number for one. They come first.
    ordered = sorted(objects.items(), key=lambda item: isinstance(item[0][1], str))
    return [(label, parts) for (label, _), parts in ordered]


def _visible(shape: Shape, height: int, width: int, file: str, audit: Audit) -> Mask | Box | None:
    """The mask or box of a shape; ``None``, and a finding, where nothing of it is on the image."""
    try:
        drawn = _draw(shape, height, width)
    except ValueError as error:
        raise RejectedImageError("unusable-annotation", f"{shape.place}: {error}") from None
    if isinstance(drawn, tuple):
        return fit_box(drawn, height, width, file, shape.place, audit)
    if drawn.any():
        return drawn
    detail = f"{shape.place}: it covers no pixel's centre"
    audit.add("empty-shape", file, detail, "annotation skipped")
    return None


def _note_kinds(kinds: Counter[str], file: str, audit: Audit) -> None:
    lines = kinds["line"] + kinds["linestrip"]
    if lines:
        detail = f"{lines} lines, which have no width of their own"
        audit.add("line-without-width", file, detail, f"drawn {LINE_WIDTH} px wide")
    if kinds["point"]:
        detail = f"{kinds['point']} points, which tell nothing of a defect's extent"
        audit.add("point-without-extent", file, detail, "annotations skipped")


def _draw(shape: Shape, height: int, width: int) -> Mask | Corners:
    """The (height, width) mask of a shape, or the corners of a rectangle."""
    points = to_points(shape.points, height, width)
    if shape.kind == "polygon":
        return fill_coco_polygons([points], height, width)
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
    header = open_content(content)
    high, wide = header.height, header.width
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
