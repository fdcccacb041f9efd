"""LabelMe: images in any sub-folder, each with a JSON of the same stem beside it.

- Polygons, circles, lines and masks give masks, rectangles give boxes. Lines are drawn three pixels
  wide, as they have no width of their own. Points say too little: they are passed over.
- Shapes of one label and one ``group_id`` are one object.
- A JSON without shapes means a good part, and so does an image without JSON in a folder called
  free, good, ok or negative.
- ``imagePath`` is only looked at where no image of the stem lies beside the JSON, and only within
  the source. Where there is no image at all, the one inside the JSON (``imageData``) is taken.
- Where all images lie in folders called train, val(id) or test, these are the splits.
- ``labels.txt``, as LabelMe's own ``--labels`` takes it, gives the order of the classes; those that
  it does not name follow, sorted.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import (
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    existing_folder,
)
from auxnet_cli.data.sources.files.image_tree import ImageTree, short_names, split_named
from auxnet_cli.data.sources.labelme.file import decode_base64, read_labelme
from auxnet_cli.data.sources.labelme.labels import read_labels
from auxnet_cli.data.sources.labelme.layout import walk
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside

LABELS = "labels.txt"


def read(request: Request, audit: Audit) -> Source:
    """Open the source; every JSON is read before the first image, to know the classes.

    Raises:
        InputError: the folder is missing or holds no LabelMe JSON, ``labels.txt`` is no text, or an
            image has no JSON and ``unlabelled`` is ``error``.
    """
    root = existing_folder(request.folder, "labelme")
    tree = ImageTree(root, audit)
    found = walk(tree, audit)
    order = [name for name in _read_order(root) if name in found.classes]
    classes = (*order, *sorted(found.classes - set(order)))
    taken = found.labels.keys() | found.blocked
    good = tree.without_annotation(taken, request.unlabelled, audit, "no JSON", found.doubtful)
    images: dict[Path, Path | None] = {**found.labels, **dict.fromkeys(good)}
    return Source(
        root,
        classes,
        False,
        None,
        len(images),
        _source_images(root, images, found.inside, audit),
    )


def _read_order(root: Path) -> list[str]:
    """The classes of ``labels.txt``; none where there is no such file."""
    path = root / LABELS
    if not path.is_file():
        return []
    check_inside(path, root)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text: save it as UTF-8.") from None
    return list(dict.fromkeys(" ".join(line.split()) for line in lines))


def _source_images(
    root: Path, images: dict[Path, Path | None], inside: set[Path], audit: Audit
) -> Iterator[SourceImage]:
    folders = {path: path.relative_to(root).parts[:-1] for path in images}
    splits = {path: split_named(parts[0]) if parts else None for path, parts in folders.items()}
    given = all(splits.values())
    names = short_names(root, {path: len(folders[path]) + 1 - given for path in images})
    for path in sorted(images, key=lambda path: names[path].split("/")):
        label, file = images[path], below(path, root)
        try:
            content = _inner_image(label) if label and path in inside else path
        except InputError as error:
            audit.add("unreadable-image", file, str(error), "image skipped")
            continue
        labels = partial(_labels, label, file, audit) if label else _no_labels
        yield SourceImage(names[path], file, content, labels, splits[path] if given else None)


def _inner_image(label: Path) -> bytes:
    content = read_labelme(label)
    try:
        return decode_base64(content.data if content else None)
    except ValueError as error:
        raise InputError(f"{label}, imageData: {error}.") from None


def _labels(label: Path, file: str, audit: Audit, height: int, width: int) -> Labels:
    try:
        content = read_labelme(label)
    except InputError as error:
        raise RejectedImageError("unreadable-annotation", str(error)) from None
    if content is None:
        return []
    told = (content.height or height, content.width or width)
    if told != (height, width):
        detail = f"the image has {width} x {height} pixels, its JSON says {told[1]} x {told[0]}"
        raise RejectedImageError("size-conflict", detail)
    return read_labels(content.shapes, height, width, file, audit)


def _no_labels(_height: int, _width: int) -> Labels:
    return []
