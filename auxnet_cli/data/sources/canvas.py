"""Checks the labels of one image: its size, boxes at its border, shapes that show nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.polygons import MAX_LABELS
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.shapes import Box, fit_box
from auxnet_cli.data.sources.source import Labels, RejectedImageError


@dataclass(frozen=True)
class Canvas:
    """The image whose labels are read: its path below the source, and its size in pixels."""

    file: str
    height: int
    width: int
    audit: Audit

    @property
    def size(self) -> tuple[int, int]:
        """The height and width in pixels."""
        return self.height, self.width

    def add(self, kind: str, detail: str, action: str) -> None:
        """Notes a finding about the image."""
        self.audit.add(kind, self.file, detail, action)

    def check_size(self, height: int | None, width: int | None, document: str) -> None:
        """Compares the image's size with the one that a document states, as far as it does.

        Raises:
            RejectedImageError: they differ, so that the document's shapes lie elsewhere.
        """
        stated = (height or self.height, width or self.width)
        if stated != self.size:
            detail = (
                f"the image has {self.width} x {self.height} pixels, {document} says "
                f"{stated[1]} x {stated[0]}"
            )
            raise RejectedImageError("size-conflict", detail)

    def box(self, corners: tuple[float, float, float, float], what: str) -> Box | None:
        """Cuts a box to the image; returns ``None`` and notes it where no area remains.

        Corners are left, top, right and bottom in pixels.
        """
        return fit_box(corners, self.height, self.width, self.file, what, self.audit)

    def visible(self, mask: Mask, what: str) -> Mask | None:
        """Returns a mask, or ``None`` where it is empty, which is noted."""
        if mask.any():
            return mask
        self.add("empty-shape", f"{what}: it covers no pixel's centre", "annotation skipped")
        return None


def at_least_one(labels: Labels, count: int, what: str) -> Iterator[tuple[str, Mask | Box]]:
    """Passes on the usable labels of an image with ``count`` annotations.

    Raises:
        RejectedImageError: there are too many annotations, or some but none is usable.
    """
    if count > MAX_LABELS:
        detail = f"it has {count} {what}, more than the {MAX_LABELS} that are taken"
        raise RejectedImageError("unusable-annotation", detail)
    empty = True
    for label in labels:
        empty = False
        yield label
    if count and empty:
        detail = f"it has {count} {what}, but none can be used"
        raise RejectedImageError("no-usable-annotation", detail)


def no_labels(_canvas: Canvas) -> Labels:
    """Returns the labels of a good part: none."""
    return []
