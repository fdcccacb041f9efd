"""Reads LabelMe: images in any sub-folder, each with a JSON of the same stem beside it.

``imagePath`` counts only where no image of the stem lies beside the JSON, and only within the
source. Where there is no image at all, the one inside the JSON (``imageData``) is taken. The page
docs/prepare.md has the rules for shapes, good parts, splits and the order of the classes.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree, split_named
from auxnet_cli.data.sources.files.source_folder import read_text
from auxnet_cli.data.sources.labelme.file import decode_base64, read_labelme
from auxnet_cli.data.sources.labelme.labels import read_labels
from auxnet_cli.data.sources.labelme.layout import find_layout
from auxnet_cli.data.sources.source import (
    Canvas,
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    no_labels,
)
from auxnet_cli.errors import InputError


def read(request: Request, audit: Audit) -> Source:
    """Opens the source; every JSON is read before the first image, to know the classes.

    Raises:
        InputError: the folder is missing or holds no LabelMe JSON, ``labels.txt`` is no text, or an
            image has no JSON and ``unlabelled`` is ``error``.
    """
    tree = ImageTree.open(request.folder, "labelme", audit)
    layout = find_layout(tree)
    order = tree.first_file("labels.txt")
    lines = read_text(order, ": save it as UTF-8").splitlines() if order else []
    named = dict.fromkeys(" ".join(line.split()) for line in lines)
    classes = [name for name in named if name in layout.classes]
    classes += sorted(layout.classes - named.keys())
    annotated = layout.labels.keys() | layout.blocked
    good = tree.without_annotation(annotated, request.unlabelled, "no JSON", layout.doubtful)
    images: dict[Path, Path | None] = {**layout.labels, **dict.fromkeys(good)}
    return Source(tree.root, tuple(classes), _source_images(tree, images), len(images))


def _source_images(tree: ImageTree, images: dict[Path, Path | None]) -> Iterator[SourceImage]:
    files = set(tree.paths)
    folders = {path: tree.parents(path) for path in images}
    splits = {path: split_named(parts[0]) if parts else None for path, parts in folders.items()}
    given = all(splits.values())
    names = tree.short_names({path: len(folders[path]) + 1 - given for path in images})
    for path in sorted(images, key=lambda path: names[path].split("/")):
        label = images[path]
        try:
            content = _inner_image(label) if label and path not in files else None
        except InputError as error:
            tree.add("unreadable-image", path, str(error), "image skipped")
            continue
        labels = partial(_labels, label) if label else no_labels
        yield tree.image(path, labels, names[path], splits[path] if given else None, content)


def _inner_image(label: Path) -> bytes:
    content = read_labelme(label)
    try:
        return decode_base64(content.data if content else None)
    except ValueError as error:
        raise InputError(f"{label}, imageData: {error}.") from None


def _labels(label: Path, canvas: Canvas) -> Labels:
    try:
        content = read_labelme(label)
    except InputError as error:
        raise RejectedImageError("unreadable-annotation", str(error)) from None
    if content is None:
        return []
    canvas.check_size(content.height, content.width, "its JSON")
    return read_labels(content.shapes, canvas)
