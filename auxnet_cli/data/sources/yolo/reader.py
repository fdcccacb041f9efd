"""Reads YOLO: a text file of boxes or polygons for each image, and ``data.yaml``.

A wrong line means a defect that cannot be located: its image is skipped, and the audit names the
line. The page docs/prepare.md has the rules for layout, good parts and splits.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.polygons import fill_polygon
from auxnet_cli.data.labels.touching_objects import Layers
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import by_key, match
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.source import (
    Canvas,
    Labels,
    RejectedImageError,
    Request,
    Source,
    no_labels,
)
from auxnet_cli.data.sources.yolo.description import NAME_FILES, read_description
from auxnet_cli.data.sources.yolo.labels import YoloLine, read_lines
from auxnet_cli.errors import InputError

_LAYOUT = frozenset({"images", "image", "imgs", "img", "labels", "label", "txt"})
_SPLITS = frozenset({"train", "val", "valid", "validation", "test"})
_UNNAMED = _LAYOUT | _SPLITS | {f"obj_{split}_data" for split in _SPLITS}
_MAX_CLASSES = 256
_MAX_FILLED = 300_000_000
"""Pixels of all polygons' surrounding boxes on an image: more would take seconds."""


def read(request: Request, audit: Audit) -> Source:
    """Opens the source; label files are read with their images.

    Raises:
        InputError: the folder is missing or holds no label file, no file names the classes or it is
            wrong, or an image has no label file and ``unlabelled`` is ``error``.
    """
    folder = SourceFolder.open(request.folder, "yolo", audit)
    description = read_description(folder)
    tree = ImageTree(folder.root, audit)
    images = by_key(tree.paths, tree, tree.root, _is_layout)
    texts = [path for path in tree.files(".txt") if tree.below(path) not in NAME_FILES]
    files = by_key(texts, tree, tree.root, _is_layout)
    labelled = match(images, files)
    matched = set(labelled.values())
    if images and not matched:
        raise InputError(
            f"{tree.root} holds no label file of the stem of an image: name the folder above "
            "images and labels."
        )
    for path in files.values():
        # At the top are lists of files, notes and terms.
        if path not in matched and path.parent != tree.root:
            detail = "no image of this stem"
            tree.add("annotation-without-image", path, detail, "annotation skipped")
    bare = set(images.values()) - labelled.keys()
    good = tree.without_annotation(set(tree.paths) - bare, request.unlabelled, "no label file")

    def labels(file: Path, canvas: Canvas) -> Labels:
        try:
            return _shapes(read_lines(file, description.names), tree.below(file), canvas)
        except ValueError as error:
            detail = f"{tree.below(file)}, {error}"
            raise RejectedImageError("unusable-annotation", detail) from None

    items = []
    for path, name in _names(sorted([*labelled, *good]), tree).items():
        read_labels = partial(labels, labelled[path]) if path in labelled else no_labels
        split = description.split_of(path, tree.root)
        items.append(tree.image(path, read_labels, name, split))
    return Source(tree.root, tuple(description.names.values()), items, len(items))


def _names(images: Sequence[Path], tree: ImageTree) -> dict[Path, str]:
    """Returns paths without the folders of the layout and the splits, where they are unique."""
    names = {}
    for path in images:
        kept = [folder for folder in tree.parents(path) if folder.lower() not in _UNNAMED]
        names[path] = "/".join([*kept, path.name])
    unique = len({name.casefold() for name in names.values()}) == len(names)
    return names if unique else {path: tree.below(path) for path in images}


def _shapes(lines: Sequence[YoloLine], file: str, canvas: Canvas) -> Labels:
    """Returns the masks and boxes of an image's labels.

    Raises:
        RejectedImageError: there are labels, but none has an area.
        ValueError: polygons that would take too long to fill.
    """
    boxes: list[tuple[str, Box]] = []
    masks: dict[str, Layers] = {}
    size = np.array([canvas.width, canvas.height])
    polygons = [line for line in lines if not line.is_box]
    classes = len({line.name for line in polygons})
    filled = sum(float(np.prod(np.ptp(line.points, axis=0) * size + 2)) for line in polygons)
    if classes > _MAX_CLASSES or filled > _MAX_FILLED:
        raise ValueError(f"its {len(polygons)} polygons of {classes} classes are too many to fill")
    for line in lines:
        what = f"{file}, line {line.line} ({line.name})"
        points = line.points * size
        if line.clipped:
            detail = f"{what} reaches {line.clipped:g} outside 0-1"
            canvas.add("label-outside-image", detail, "label cut")
        if line.is_box:
            left, top, right, bottom = (round(float(value), 3) for value in points.ravel())
            box = canvas.box((left, top, right, bottom), what)
            if box is not None:
                boxes.append((line.name, box))
            continue
        left, top = np.floor(points.min(axis=0)).astype(int).tolist()
        right, bottom = np.ceil(points.max(axis=0)).astype(int).tolist()
        part = fill_polygon(points - (left, top), bottom - top, right - left)
        if part.any():
            masks.setdefault(line.name, Layers(*canvas.size, classes)).add(top, left, part)
        else:
            canvas.add("empty-shape", f"{what} holds no pixel's centre", "annotation skipped")
    if lines and not boxes and not masks:
        raise RejectedImageError("no-usable-annotation", f"{file}: none of its labels has an area")
    for name, layers in masks.items():
        if layers.joined:
            detail = f"{layers.joined} polygons of {name} in {file} touch too many others"
            canvas.add("too-many-objects", detail, "touching objects joined")
    return [(name, mask) for name, layers in masks.items() for mask in layers.masks] + boxes


def _is_layout(folder: str) -> bool:
    return folder.lower() in _LAYOUT
