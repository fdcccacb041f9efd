"""YOLO: a text file of boxes or polygons for each image, and ``data.yaml``.

- Labels lie in ``labels``, in the folders that images have in ``images``, or beside the images.
- A box may be cut to the image; of a polygon, the pixels belong whose centre lies inside.
- An empty file means a good part, and so does an image without one in a folder called free, good,
  ok or negative. A file with a wrong line tells of defects that cannot be placed:
  its image is passed over, and the audit names the line.
- ``data.yaml`` gives the split, or else folders called train, val (valid) and test.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.polygons import fill_polygon
from auxnet_cli.data.labels.shapes import fit_box
from auxnet_cli.data.labels.touching_objects import Layers
from auxnet_cli.data.sources import (
    Box,
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    existing_folder,
)
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import by_key, files_below, match
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.data.sources.yolo.labels import YoloLine, read_lines
from auxnet_cli.data.sources.yolo.names import NAME_FILES, YoloSet, read_set
from auxnet_cli.errors import InputError

_LAYOUT = frozenset({"images", "image", "imgs", "img", "labels", "label", "txt"})
_SPLITS = frozenset({"train", "val", "valid", "validation", "test"})
_DARKNET = frozenset(f"obj_{split}_data" for split in _SPLITS)
_MOST_CLASSES = 256
_MOST_FILLED = 300_000_000
"""Pixels of all polygons' surrounding boxes on an image: more would take seconds."""


def read(request: Request, audit: Audit) -> Source:
    """Open the source; label files are read with their images.

    Raises:
        InputError: the folder is missing or holds no label file, no file names the classes or it is
            wrong, or an image has no label file and ``unlabelled`` is ``error``.
    """
    root = existing_folder(request.folder, "yolo")
    told = read_set(root, audit)
    tree = ImageTree(root, audit)
    images = by_key(tree.paths, root, _of_layout, audit)
    texts = [
        path for path in files_below(root, ".txt", audit) if below(path, root) not in NAME_FILES
    ]
    files = by_key(texts, root, _of_layout, audit)
    labels_of = match(images, files)
    used = set(labels_of.values())
    if images and not used:
        raise InputError(
            f"{root} holds no label file of the stem of an image: name the folder above images and "
            "labels."
        )
    for path in files.values():
        if path not in used and path.parent != root:  # at the top are lists of files, notes, terms
            detail = "no image of this stem"
            audit.add("annotation-without-image", below(path, root), detail, "annotation skipped")
    bare = {image for key, image in images.items() if key not in labels_of}
    good = tree.without_annotation(
        set(tree.paths) - bare, request.unlabelled, audit, "no label file"
    )
    label_of = {image: labels_of.get(key) for key, image in images.items()}
    pairs = [(image, label_of[image]) for image in sorted({*(images.values())} - bare | {*good})]
    classes = tuple(told.names.values())
    return Source(root, classes, False, None, len(pairs), _images(pairs, told, root, audit))


def _images(
    pairs: Sequence[tuple[Path, Path | None]], told: YoloSet, root: Path, audit: Audit
) -> Iterator[SourceImage]:
    names = _names([image for image, _ in pairs], root)
    for (image, text), name in zip(pairs, names, strict=True):
        file = below(image, root)

        def labels(height: int, width: int, text: Path | None = text, file: str = file) -> Labels:
            if text is None:
                return []
            where = below(text, root)
            try:
                return _shapes(read_lines(text, told.names), height, width, where, file, audit)
            except ValueError as error:
                raise RejectedImageError("unusable-annotation", f"{where}, {error}") from None

        split = told.split_of(image, root)
        yield SourceImage(name, file, image, labels, split)


def _names(images: Sequence[Path], root: Path) -> list[str]:
    """Paths without the folders of the layout and the splits, where they are still unique."""
    parts = [path.relative_to(root).parts for path in images]
    added = _LAYOUT | _SPLITS | _DARKNET
    names = ["/".join([*(f for f in own[:-1] if f.lower() not in added), own[-1]]) for own in parts]
    unique = len({name.casefold() for name in names}) == len(names)
    return names if unique else ["/".join(own) for own in parts]


def _shapes(
    lines: Sequence[YoloLine], height: int, width: int, where: str, file: str, audit: Audit
) -> Labels:
    """The masks and boxes of an image's labels.

    Raises:
        RejectedImageError: there are labels, but none has an area.
        ValueError: polygons that would take too long to fill.
    """
    boxes: list[tuple[str, Box]] = []
    masks: dict[str, Layers] = {}
    size = np.array([width, height])
    drawn = [line for line in lines if not line.is_box]
    classes = len({line.name for line in drawn})
    filled = sum(float(np.prod(np.ptp(line.points, axis=0) * size + 2)) for line in drawn)
    if classes > _MOST_CLASSES or filled > _MOST_FILLED:
        raise ValueError(f"its {len(drawn)} polygons of {classes} classes are too many to fill")
    for line in lines:
        what = f"{where}, line {line.line} ({line.name})"
        points = line.points * size
        if line.clipped:
            detail = f"{what} reaches {line.clipped:g} outside 0-1"
            audit.add("label-outside-image", file, detail, "label cut")
        if line.is_box:
            left, top, right, bottom = (round(float(value), 3) for value in points.ravel())
            box = fit_box((left, top, right, bottom), height, width, file, what, audit)
            if box is not None:
                boxes.append((line.name, box))
            continue
        top, left = np.floor(points.min(axis=0)).astype(int)[::-1].tolist()
        right, bottom = np.ceil(points.max(axis=0)).astype(int).tolist()
        part = fill_polygon(points - (left, top), bottom - top, right - left)
        if part.any():
            masks.setdefault(line.name, Layers(height, width, classes)).add(top, left, part)
        else:
            detail = f"{what} holds no pixel's centre"
            audit.add("empty-shape", file, detail, "annotation skipped")
    if lines and not boxes and not masks:
        raise RejectedImageError("no-usable-annotation", f"{where}: none of its labels has an area")
    for name, layers in masks.items():
        if layers.joined:
            detail = f"{layers.joined} polygons of {name} in {where} touch too many others"
            audit.add("too-many-objects", file, detail, "touching objects joined")
    return [(name, mask) for name, layers in masks.items() for mask in layers.masks] + boxes


def _of_layout(folder: str) -> bool:
    return folder.lower() in _LAYOUT
