"""Defines what a source format takes and gives: ``read(request, audit) -> Source``.

:class:`Canvas` checks the labels of one image: its size, boxes at its border, empty shapes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.outlines import Box, Corners
from auxnet_cli.data.labels.polygons import MAX_LABELS
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.documents.dataset_card import LabelKind

_ROUNDING = 0.5
"""Pixels by which a box may reach past the image without a note."""

Labels = Iterable[tuple[str, Mask | Box]]
"""Class names, each with the (height, width) mask of one or more defects, or with the box of one
defect that has no mask. A good part has none."""


class RejectedImageError(Exception):
    """The labels of one image cannot be used: the image is skipped and named in the audit."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Request:
    """Says what to read.

    Attributes:
        folder: the source; ``None`` where none was given.
        annotations: label format of a TekErreka set; ``auto`` looks for it.
        unlabelled: what becomes of images without annotations: ``skip``, ``good`` or ``error``.
        look, images, seed: appearance, number of images and seed of a synthetic set.
    """

    folder: Path | None = None
    annotations: str = "auto"
    unlabelled: str = "skip"
    look: str = "strip"
    images: int = 300
    seed: int = 0


@dataclass(frozen=True)
class SourceImage:
    """Holds one image of a source and the function that reads its labels.

    Attributes:
        name: path below the data set's ``images/``, with forward slashes; unique.
        file: path below the source, with forward slashes, as the audit and a group file use it.
        content: the original file, or the bytes of an image that is not a file of its own.
        labels: takes the decoded image's height and width in pixels. It raises
            ``RejectedImageError`` where the image must be skipped, and ``InputError`` where the
            source must be corrected first.
        split: the split that the source assigns; ``None`` where it assigns none.
    """

    name: str
    file: str
    content: Path | bytes
    labels: Callable[[int, int], Labels]
    split: str | None = None


@dataclass(frozen=True)
class Source:
    """A source that is open for reading.

    Attributes:
        root: the folder that is read; ``None`` where the images are generated.
        classes: every class that may occur, in order.
        images: the images, sorted by name; may be a generator.
        image_count: the largest possible number of images.
        label_kind: ``None`` where the labels decide.
        keeps_unseen: whether classes that no image shows stay in the list.
    """

    root: Path | None
    classes: tuple[str, ...]
    images: Iterable[SourceImage]
    image_count: int
    label_kind: LabelKind | None = None
    keeps_unseen: bool = False


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

    def box(self, corners: Corners, what: str) -> Box | None:
        """Cuts a box to the image; returns ``None`` where no area remains.

        Boxes that are cut or left out are noted as ``what``, such as ``object 2 (crack)``.
        """
        left, top, right, bottom = corners
        x, y = max(left, 0.0), max(top, 0.0)
        x_end, y_end = min(right, float(self.width)), min(bottom, float(self.height))
        described = f"{what}: the box from ({left:g}, {top:g}) to ({right:g}, {bottom:g})"
        if x_end <= x or y_end <= y:
            detail = "has no area" if right <= left or bottom <= top else "lies outside the image"
            self.add("degenerate-box", f"{described} {detail}", "box skipped")
            return None
        if max(x - left, y - top, right - x_end, bottom - y_end) > _ROUNDING:
            past = f"reaches past the image of {self.width} x {self.height} pixels"
            self.add("box-past-image", f"{described} {past}", "box cut")
        return x, y, x_end - x, y_end - y

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
