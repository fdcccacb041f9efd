"""Converts the shapes of one LabelMe JSON to labels."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from auxnet_cli.data.images.formats import open_content
from auxnet_cli.data.images.reading import decode_mask
from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.polygons import Points, fill_coco_polygons
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.shapes import LINE_WIDTH, circle_mask, line_mask, to_points
from auxnet_cli.data.sources.labelme.file import Shape, decode_base64
from auxnet_cli.data.sources.source import Canvas, Labels, RejectedImageError, at_least_one
from auxnet_cli.errors import InputError


def read_labels(shapes: Sequence[Shape], canvas: Canvas) -> Labels:
    """Yields the label of each shape: the box of a rectangle, the mask of any other.

    Masks of one label and group become one. Points, and shapes that cover no pixel, are skipped
    and noted; lines are drawn and noted.

    Raises:
        RejectedImageError: a shape is none of this image, or there are shapes and none is usable.
    """
    return at_least_one(_labels(shapes, canvas), len(shapes), "shapes")


def _labels(shapes: Sequence[Shape], canvas: Canvas) -> Iterator[tuple[str, Mask | Box]]:
    for label, parts in _objects(shapes):
        drawn: Mask | None = None
        for part in parts:  # one by one: each mask is as large as the image
            shape = _visible(part, canvas)
            if isinstance(shape, tuple):
                yield label, shape
            elif shape is not None:
                drawn = shape if drawn is None else drawn | shape
        if drawn is not None:
            yield label, drawn
    kinds = Counter(shape.kind for shape in shapes)
    if lines := kinds["line"] + kinds["linestrip"]:
        detail = f"{lines} lines, which have no width of their own"
        canvas.add("line-without-width", detail, f"drawn {LINE_WIDTH} px wide")
    if kinds["point"]:
        detail = f"{kinds['point']} points, which tell nothing of a defect's extent"
        canvas.add("point-without-extent", detail, "annotations skipped")


def _objects(shapes: Sequence[Shape]) -> list[tuple[str, list[Shape]]]:
    """Returns the label and the shapes of each object; shapes of one label and group are one."""
    objects: dict[tuple[str, str | int], list[Shape]] = {}
    for number, shape in enumerate(shapes):
        if shape.kind != "point":
            group = number if shape.group is None else shape.group
            objects.setdefault((shape.label, group), []).append(shape)
    # Shapes without a group come first.
    ordered = sorted(objects.items(), key=lambda item: isinstance(item[0][1], str))
    return [(label, parts) for (label, _), parts in ordered]


def _visible(shape: Shape, canvas: Canvas) -> Mask | Box | None:
    """Returns the mask or box of a shape; ``None``, noted, where none of it is on the image."""
    try:
        points = to_points(shape.points, *canvas.size)
        if shape.kind == "rectangle":
            return canvas.box(_corners(points), shape.position)
        mask = _draw(shape, points, canvas)
    except ValueError as error:
        raise RejectedImageError("unusable-annotation", f"{shape.position}: {error}") from None
    return canvas.visible(mask, shape.position)


def _corners(points: Points) -> tuple[float, float, float, float]:
    if len(points) not in (2, 4):  # LabelMe saves two corners, its relatives all four
        raise ValueError(f"a rectangle has two corners, not {len(points)} points")
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _draw(shape: Shape, points: Points, canvas: Canvas) -> Mask:
    if shape.kind == "polygon":
        return fill_coco_polygons([points], *canvas.size)
    if shape.kind == "circle":
        return circle_mask(points, *canvas.size)
    if shape.kind == "mask":
        return _paste(shape.mask, points, canvas)
    return line_mask(points, *canvas.size)


def _paste(encoded: Any, points: Points, canvas: Canvas) -> Mask:
    """Returns the pixels above 0 of a PNG that lies with its upper left pixel on a corner."""
    if len(points) != 2:
        raise ValueError(f"a mask has two corners, not {len(points)} points")
    content = decode_base64(encoded)
    header = open_content(content)
    high, wide = header.height, header.width
    x, y = (round(value) for value in points.min(axis=0))
    if x < 0 or y < 0 or y + high > canvas.height or x + wide > canvas.width:
        raise ValueError(
            f"its mask of {wide} x {high} pixels at ({x}, {y}) reaches past the image of "
            f"{canvas.width} x {canvas.height}"
        )
    mask = np.zeros(canvas.size, bool)
    try:
        mask[y : y + high, x : x + wide] = decode_mask(content, Path("its mask")) > 0
    except InputError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return mask
