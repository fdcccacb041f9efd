"""Defines what a source format takes and gives: ``read(request, audit) -> Source``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.shapes import Box
from auxnet_cli.documents.dataset_card import LabelKind

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
