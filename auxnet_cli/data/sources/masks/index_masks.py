"""One folder of images beside one of masks, where a pixel's value is the number of its class.

- Names come from ``class_names.txt`` (or ``classes.txt``, ``labels.txt``, ``names.txt``) beside the
  two folders: a name a line, the background's first. A name without any pixel is dropped.
- Without such a file the classes are called by their numbers.
- 255 is, as in Pascal VOC, a border that counts as background, unless it has a name; the audit
  notes it.
- Without such a file, and with no value but 0 and 255, or with soft edges, the masks show one
  class, ``defect``.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.reading import read_mask
from auxnet_cli.data.sources import Labels, RejectedImageError, Source, SourceImage
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.masks.class_folders import binarise
from auxnet_cli.data.sources.masks.pairing import below, images_below, read_mask_of
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside

NAME_FILES = ("class_names.txt", "classes.txt", "labels.txt", "names.txt")
VOID = 255
ONE_CLASS = "defect"


def read(root: Path, images: Path, masks: Path, audit: Audit) -> Source:
    """Open the two folders; files are paired by their path without its suffix.

    Raises:
        InputError: the file of names is wrong.
    """
    pairs = _pairs(root, images, masks, audit)
    names = read_names(root)
    if names is None:
        names = numbered([mask for _, mask in pairs])
    return Source(
        root,
        tuple(names.values()),
        False,
        None,
        len(pairs),
        _images(pairs, names, root, images, audit),
    )


def _pairs(root: Path, images: Path, masks: Path, audit: Audit) -> list[tuple[Path, Path]]:
    found = _by_stem(images, root, audit)
    drawn = _by_stem(masks, root, audit)
    for stem in sorted(found.keys() - drawn.keys()):
        audit.add("image-without-mask", below(found[stem], root), "no mask of this stem", "skipped")
    for stem in sorted(drawn.keys() - found.keys()):
        audit.add(
            "mask-without-image", below(drawn[stem], root), "no image of this stem", "skipped"
        )
    return [(found[stem], drawn[stem]) for stem in sorted(found.keys() & drawn.keys())]


def _by_stem(folder: Path, root: Path, audit: Audit) -> dict[Path, Path]:
    found: dict[Path, Path] = {}
    for path in images_below(folder):
        if not is_usable(path, root, audit):
            continue
        stem = path.relative_to(folder).with_suffix("")
        if stem in found:
            detail = f"{found[stem].name} has the same stem"
            audit.add("ambiguous-stem", below(path, root), detail, "skipped")
        else:
            found[stem] = path
    return found


def read_names(root: Path) -> dict[int, str] | None:
    """Class names by value, background left out; ``None`` where there is no file of names.

    Raises:
        InputError: it is no text, or names a class twice or none at all.
    """
    path = next((root / name for name in NAME_FILES if (root / name).is_file()), None)
    if path is None:
        return None
    check_inside(path, root)
    try:
        names = [line.strip() for line in path.read_text(encoding="utf-8-sig").split("\n")]
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text.") from None
    while names and not names[-1]:
        names.pop()
    seen: set[str] = set()
    for line, name in enumerate(names, start=1):
        if not name or name in seen:
            what = f"'{name}' stands there twice" if name else "the line is empty"
            raise InputError(
                f"{path}, line {line}: {what}, but each value needs a name of its own."
            )
        seen.add(name)
    if len(names) < 2:
        raise InputError(f"{path} must name the background and, below it, at least one class.")
    return dict(enumerate(names[1:], start=1))


def numbered(masks: list[Path]) -> dict[int, str]:
    """Classes by the values that occur; ``ONE_CLASS`` for masks that are black and white."""
    seen: set[int] = set()
    for path in masks:
        try:
            seen.update(np.unique(read_mask(path)).tolist())
        except InputError:
            continue  # reported when its turn comes
    grey = any(value >= VOID // 2 + 1 and value != VOID for value in seen)
    numbers = sorted(seen - {0, VOID})
    if grey or (not numbers and VOID in seen):
        return {VOID: ONE_CLASS}
    return {number: str(number) for number in numbers}


def _images(
    pairs: list[tuple[Path, Path]], names: dict[int, str], root: Path, folder: Path, audit: Audit
) -> Iterator[SourceImage]:
    for image, mask in pairs:
        file = below(image, root)

        def labels(height: int, width: int, mask: Path = mask, file: str = file) -> Labels:
            values = read_mask_of(mask, root, height, width)
            if names == {VOID: ONE_CLASS}:
                return [(ONE_CLASS, binarise(values, file, audit))]
            return read_layers(values, names, file, audit)

        yield SourceImage(below(image, folder), file, image, labels)


def read_layers(
    values: NDArray[np.integer], names: dict[int, str], file: str, audit: Audit
) -> list[tuple[str, NDArray[np.bool_]]]:
    """The classes that an index mask shows, each with its (height, width) mask.

    Raises:
        RejectedImageError: a value has no name.
    """
    layers = []
    for value in np.unique(values).tolist():
        if value in names:
            layers.append((names[value], values == value))
        elif value == VOID:
            number = int(np.count_nonzero(values == VOID))
            audit.add("void-pixels", file, f"{number} pixels of value 255", "taken as background")
        elif value != 0:
            detail = (
                f"the mask holds the value {value}, but the last class is {max(names, default=0)}"
            )
            raise RejectedImageError("unknown-class-value", detail)
    return layers
