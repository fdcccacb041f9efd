"""Somebody's annotations, read one image at a time: the interface that every format module has.

A format module has one public function, ``read(request, audit) -> Source``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.documents.dataset_card import LabelKind
from auxnet_cli.errors import InputError, nearest

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the stored image."""

Labels = Iterable[tuple[str, NDArray[np.bool_] | Box]]
"""What an image shows: class name with the (height, width) mask of one or more defects, or with the
box of one defect that has no mask. A good part has none."""

READERS = {
    "severstal": "auxnet_cli.data.sources.severstal",
    "tekerreka": "auxnet_cli.data.sources.tekerreka.reader",
    "masks": "auxnet_cli.data.sources.masks.reader",
    "coco": "auxnet_cli.data.sources.coco.reader",
    "labelme": "auxnet_cli.data.sources.labelme.reader",
    "voc": "auxnet_cli.data.sources.voc.reader",
    "yolo": "auxnet_cli.data.sources.yolo.reader",
    "synthetic": "auxnet_cli.data.sources.synthetic",
}


class RejectedImageError(Exception):
    """The labels of one image cannot be used; it is passed over and named in the audit."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Request:
    """What to read.

    Attributes:
        folder: the source; ``None`` where none was given.
        look, images, seed: of a synthetic set.
        annotations: the layout of a TekErreka set's labels; ``auto`` looks for it.
        unlabelled: what becomes of images without annotations: ``skip``, ``good`` or ``error``.
    """

    folder: Path | None = None
    annotations: str = "auto"
    unlabelled: str = "skip"
    look: str = "strip"
    images: int = 300
    seed: int = 0


@dataclass(frozen=True)
class SourceImage:
    """One image of a source, and how to get its labels.

    Attributes:
        name: path below the data set's ``images/``, with forward slashes; unique.
        file: path below the source, with forward slashes: what the audit and a group file call it.
        content: the original file, or the bytes of one that exists nowhere yet.
        labels: called with the decoded image's height and width. It raises ``RejectedImageError``
            where the image must be passed over, and ``InputError`` where the source must be mended.
        split: the split that the source itself gives; ``None`` where it gives none.
    """

    name: str
    file: str
    content: Path | bytes
    labels: Callable[[int, int], Labels]
    split: str | None = None


@dataclass(frozen=True)
class Source:
    """A source, open for reading.

    Attributes:
        root: the folder that is read; ``None`` where the images are made.
        classes: every class that may occur, in order.
        unseen: whether classes without a pixel stay in the list.
        label_kind: ``None`` where the images are to tell.
        number: how many images come at most.
        images: the images, sorted by name; can be walked once.
    """

    root: Path | None
    classes: tuple[str, ...]
    unseen: bool
    label_kind: LabelKind | None
    number: int
    images: Iterable[SourceImage]


def open_source(kind: str, request: Request, audit: Audit) -> Source:
    """Open a source with the reader of its kind.

    Raises:
        InputError: no such kind, or the source is missing or wrong.
    """
    if kind not in READERS:
        raise InputError(
            f"Cannot prepare '{kind}'.{nearest(kind, list(READERS))} "
            f"Kinds that can be read: {', '.join(READERS)}."
        )
    source: Source = import_module(READERS[kind]).read(request, audit)
    return source


def existing_folder(folder: Path | None, kind: str) -> Path:
    """The source folder of a request.

    Raises:
        InputError: none was given, or it is no folder.
    """
    if folder is None:
        raise InputError(f"Name the folder to read: `auxnet prepare {kind} FOLDER`.")
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: name the one that holds the source.")
    return folder
