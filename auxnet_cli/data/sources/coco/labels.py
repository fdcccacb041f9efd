"""The annotations of one image in COCO's terms: polygons, run lengths and boxes, to labels."""

from collections.abc import Iterator, Sequence
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.polygons import MAX_LABELS, fill_coco_polygons
from auxnet_cli.data.labels.run_lengths import Mask, decode
from auxnet_cli.data.labels.shapes import fit_box, to_box, to_points
from auxnet_cli.data.sources import Box, RejectedImageError
from auxnet_cli.data.sources.coco.file import Marked
from auxnet_cli.system.values import quoted


def read_labels(
    marked: Sequence[tuple[str, Marked]], height: int, width: int, file: str, audit: Audit
) -> Iterator[tuple[str, Mask | Box]]:
    """The label of each annotation: a mask where it has a segmentation, else its box.

    Annotations of crowds, and those without a pixel, are passed over and noted.

    Args:
        marked: the annotations, each with the file that has it.
        height: of the image, pixels.
        width: likewise.
        file: the image as the audit calls it.
        audit: takes what is odd.

    Raises:
        RejectedImageError: an annotation is no shape of this image or of no known category, or the
            image has annotations and none is usable.
    """
    if len(marked) > MAX_LABELS:
        detail = f"it has {len(marked)} annotations, more than the {MAX_LABELS} that are taken"
        raise RejectedImageError("unusable-annotation", detail)
    crowds = usable = 0
    for source, mark in marked:
        place = f"{source}, {mark.place}"
        if mark.label is None:
            raise RejectedImageError("unknown-category", f"{place}: no category has its id")
        if mark.crowd:
            crowds += 1
            continue
        try:
            shape = _shape(mark, height, width, file, place, audit)
        except ValueError as error:
            raise RejectedImageError("unusable-annotation", f"{place}: {error}") from None
        if shape is not None:
            usable += 1
            yield mark.label, shape
    if crowds:
        detail = f"{crowds} annotations each stand for many objects (iscrowd)"
        audit.add("crowd-annotation", file, detail, "annotations skipped")
    if marked and not usable:
        detail = f"it has {len(marked)} annotations, but none can be used"
        raise RejectedImageError("no-usable-annotation", detail)


def _shape(
    mark: Marked, height: int, width: int, file: str, place: str, audit: Audit
) -> Mask | Box | None:
    if mark.segmentation is None:
        if mark.box is None:
            raise ValueError("it has neither a segmentation nor a box")
        x, y, wide, high = box = to_box(mark.box)
        corners = x, y, x + wide, y + high
        fitted = fit_box(corners, height, width, file, place, audit)
        # A box that lies within the image stays as it is: differences of corners are rounded.
        inside = x >= 0 and y >= 0 and corners[2] <= width and corners[3] <= height
        return box if fitted and inside else fitted
    mask = _mask(mark.segmentation, height, width)
    if mask.any():
        return mask
    audit.add("empty-shape", file, f"{place}: it covers no pixel's centre", "annotation skipped")
    return None


def _mask(segmentation: Any, height: int, width: int) -> Mask:
    if isinstance(segmentation, dict):
        return decode(segmentation, height, width)
    if not isinstance(segmentation, list):
        raise ValueError(f"its segmentation is {quoted(segmentation)}")
    # Some tools leave out the list around a single polygon.
    nested = isinstance(segmentation[0], list)
    polygons = segmentation if nested else [segmentation]
    points = [to_points(polygon, height, width) for polygon in polygons]
    return fill_coco_polygons(points, height, width)
