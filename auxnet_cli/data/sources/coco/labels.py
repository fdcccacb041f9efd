"""Converts the annotations of one COCO image to labels: polygons, run lengths and boxes."""

from collections.abc import Iterator, Sequence
from typing import Any

from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.polygons import fill_coco_polygons
from auxnet_cli.data.labels.run_lengths import Mask, decode
from auxnet_cli.data.labels.shapes import to_box, to_points
from auxnet_cli.data.sources.coco.file import CocoAnnotation
from auxnet_cli.data.sources.source import Canvas, Labels, RejectedImageError, at_least_one
from auxnet_cli.system.values import quoted


def read_labels(annotations: Sequence[tuple[str, CocoAnnotation]], canvas: Canvas) -> Labels:
    """Yields a mask for each annotation with a segmentation, else its box.

    Each annotation comes with the name of its file. Annotations of crowds, and those without a
    pixel, are skipped and noted.

    Raises:
        RejectedImageError: an annotation is no shape of this image or of no known category, or the
            image has annotations and none is usable.
    """
    return at_least_one(_labels(annotations, canvas), len(annotations), "annotations")


def _labels(
    annotations: Sequence[tuple[str, CocoAnnotation]], canvas: Canvas
) -> Iterator[tuple[str, Mask | Box]]:
    crowds = 0
    for source, annotation in annotations:
        position = f"{source}, {annotation.position}"
        if annotation.label is None:
            raise RejectedImageError("unknown-category", f"{position}: no category has its id")
        if annotation.crowd:
            crowds += 1
            continue
        try:
            shape = _shape(annotation, position, canvas)
        except ValueError as error:
            raise RejectedImageError("unusable-annotation", f"{position}: {error}") from None
        if shape is not None:
            yield annotation.label, shape
    if crowds:
        detail = f"{crowds} annotations each stand for many objects (iscrowd)"
        canvas.add("crowd-annotation", detail, "annotations skipped")


def _shape(annotation: CocoAnnotation, position: str, canvas: Canvas) -> Mask | Box | None:
    if annotation.segmentation is not None:
        return canvas.visible(_mask(annotation.segmentation, canvas), position)
    if annotation.box is None:
        raise ValueError("it has neither a segmentation nor a box")
    x, y, wide, high = box = to_box(annotation.box)
    right, bottom = x + wide, y + high
    fitted = canvas.box((x, y, right, bottom), position)
    # A box within the image stays exactly as it is: differences of corners are rounded.
    inside = x >= 0 and y >= 0 and right <= canvas.width and bottom <= canvas.height
    return box if fitted and inside else fitted


def _mask(segmentation: Any, canvas: Canvas) -> Mask:
    if isinstance(segmentation, dict):
        return decode(segmentation, *canvas.size)
    if not isinstance(segmentation, list):
        raise ValueError(f"its segmentation is {quoted(segmentation)}")
    # Some tools leave out the list around a single polygon.
    polygons = segmentation if isinstance(segmentation[0], list) else [segmentation]
    return fill_coco_polygons(
        [to_points(points, *canvas.size) for points in polygons], *canvas.size
    )
