"""Pascal VOC's ``SegmentationClass`` and ``SegmentationObject``: classes and objects by pixel.

A pixel's number is its class, named as in :mod:`~auxnet_cli.data.sources.masks.index_masks`, or by
a ``labelmap.txt`` as CVAT and Datumaro write it: ``name:red,green,blue:parts:actions`` a line. With
the latter the masks may be in these colours. In ``SegmentationObject`` each object has a number, or
a colour, of its own; it keeps objects of one class apart that touch.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.reading import decode_image, read_file, read_mask
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.touching_objects import Layers
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.masks.class_folders import binarise
from auxnet_cli.data.sources.masks.index_masks import (
    ONE_CLASS,
    VOID,
    numbered,
    read_layers,
    read_names,
)
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.values import quoted

MAX_OBJECTS = 10_000
"""More in one class of an image are no objects, but noise: they are not told apart."""

MOST_COVERED = 300_000_000
"""Pixels that the boxes around all objects of a class may cover: more would take seconds."""

_BACKGROUND = ("background", "_background_")
_VOID_COLOUR = 0xE0E0C0  # in which VOC's own palette shows 255

Pixels = NDArray[np.integer]


@dataclass(frozen=True)
class MaskNames:
    """What the pixels of class masks mean.

    Attributes:
        names: class by number, background left out.
        numbers: number by colour (red · 65536 + green · 256 + blue), for masks in colour.
        given: whether a file names them, rather than their own numbers.
    """

    names: dict[int, str]
    numbers: dict[int, int]
    given: bool


def read_mask_names(root: Path, masks: list[Path]) -> MaskNames:
    """The names of the pixels: from a file of names, a ``labelmap.txt``, or the masks' own numbers.

    Raises:
        InputError: a file is wrong.
    """
    names = read_names(root)
    if names is not None:
        return MaskNames(names, {}, True)
    labelmap = root / "labelmap.txt"
    if labelmap.is_file():
        check_inside(labelmap, root)
        return _read_labelmap(labelmap)
    return MaskNames(numbered(masks), {}, False)


def read_class_masks(
    mask: Path,
    objects: Path | None,
    meaning: MaskNames,
    size: tuple[int, int],
    root: Path,
    file: str,
    audit: Audit,
) -> list[tuple[str, Mask]]:
    """What the masks of an image show: touching objects of a class on several masks.

    Args:
        mask: of ``SegmentationClass``.
        objects: of ``SegmentationObject``; ``None`` where there is none.
        meaning: of the pixels.
        size: (height, width) of the image.
        root: the source.
        file: the image as the audit calls it.
        audit: takes what is odd.

    Raises:
        RejectedImageError: a mask is unreadable, of another size, or holds an unknown class.
    """
    values = _read(mask, root, size)
    if values.ndim == 3:
        values = _by_colour(values, meaning, mask, root)
    if meaning.names == {VOID: ONE_CLASS} and not meaning.given:
        layers = [(ONE_CLASS, binarise(values, file, audit))]
    else:
        layers = read_layers(values, meaning.names, file, audit)
    if objects is None:
        return layers
    found = _read(objects, root, size)
    numbers = _packed(found) if found.ndim == 3 else found
    where = below(objects, root)
    return [
        (name, part)
        for name, layer in layers
        for part in _apart(layer, numbers, len(layers), f"{name} in {where}", file, audit)
    ]


def _apart(
    layer: Mask, numbers: Pixels, classes: int, what: str, file: str, audit: Audit
) -> list[Mask]:
    """The mask of one of several classes as masks on which touching objects do not meet."""
    rows, columns = np.nonzero(layer)
    found, own, often = np.unique(numbers[rows, columns], return_inverse=True, return_counts=True)
    if len(found) > MAX_OBJECTS:
        detail = f"{len(found)} numbers of {what}, more than {MAX_OBJECTS}"
        audit.add("too-many-objects", file, detail, "touching objects joined")
        return [layer]
    height, width = layer.shape
    layers = Layers(height, width, classes)
    if not len(rows):
        return []
    order = np.argsort(own, kind="stable")
    starts = np.cumsum(often) - often
    y, x = rows[order], columns[order]
    low = np.column_stack([np.minimum.reduceat(axis, starts) for axis in (y, x)])
    size = np.column_stack([np.maximum.reduceat(axis, starts) for axis in (y, x)]) - low + 1
    if int(size.prod(axis=1).sum()) > MOST_COVERED:
        detail = f"the objects of {what} are scattered over the image"
        audit.add("too-many-objects", file, detail, "touching objects joined")
        return [layer]
    for first, number, corner, sides in zip(starts, often, low, size, strict=True):
        own_pixels = slice(first, first + number)
        part = np.zeros(sides, bool)
        part[y[own_pixels] - corner[0], x[own_pixels] - corner[1]] = True
        layers.add(int(corner[0]), int(corner[1]), part)
    if layers.joined:
        detail = f"{layers.joined} objects of {what} touch too many others"
        audit.add("too-many-objects", file, detail, "touching objects joined")
    return layers.masks


def _read(path: Path, root: Path, size: tuple[int, int]) -> Pixels:
    """A mask's numbers, (height, width), or its colours, (height, width, 3)."""
    values: Pixels
    try:
        values = read_mask(path)
    except InputError as error:
        try:
            values = decode_image(read_file(path), path)
        except InputError:
            raise RejectedImageError("unreadable-mask", str(error)) from None
    if values.shape[:2] != size:
        detail = (
            f"the image has {size[1]} x {size[0]} pixels, its mask {below(path, root)} "
            f"{values.shape[1]} x {values.shape[0]}"
        )
        raise RejectedImageError("mask-of-other-size", detail)
    return values


def _by_colour(colours: Pixels, meaning: MaskNames, mask: Path, root: Path) -> Pixels:
    if not meaning.numbers:
        detail = f"{below(mask, root)} is in colour, and no labelmap.txt says what colours mean"
        raise RejectedImageError("unreadable-mask", detail)
    found, places = np.unique(_packed(colours), return_inverse=True)
    known = meaning.numbers | {0: 0, _VOID_COLOUR: VOID}
    unknown = [colour for colour in found.tolist() if colour not in known]
    if unknown:
        detail = f"{below(mask, root)} holds the colour #{unknown[0]:06x}, which has no class"
        raise RejectedImageError("unknown-class-value", detail)
    return np.array([known[colour] for colour in found.tolist()])[places].reshape(colours.shape[:2])


def _packed(colours: Pixels) -> Pixels:
    red, green, blue = np.moveaxis(colours.astype(np.int32), -1, 0)
    packed: Pixels = red << 16 | green << 8 | blue
    return packed


def _read_labelmap(path: Path) -> MaskNames:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text.") from None
    names: dict[int, str] = {}
    seen: set[str] = set()
    numbers: dict[int, int] = {}
    entries = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not entries or entries[0][1].partition(":")[0].strip().lower() not in _BACKGROUND:
        # The background is not listed, but has the number 0.
        entries.insert(0, (0, "background:0,0,0::"))
    for value, (line, entry) in enumerate(entries):
        name, colour = (*entry.split(":"), "")[:2]
        name = " ".join(name.split())
        parts = [part.strip() for part in colour.split(",")] if colour.strip() else []
        if not name.isprintable() or not name or name in seen:
            raise InputError(f"{path}, line {line}: {quoted(name)} is no name, or stands twice.")
        if parts and not (len(parts) == 3 and all(_is_byte(part) for part in parts)):
            raise InputError(
                f"{path}, line {line}: {quoted(colour)} is no red,green,blue of 0-255."
            )
        if parts:
            red, green, blue = map(int, parts)
            if numbers.setdefault(red << 16 | green << 8 | blue, value) != value:
                raise InputError(f"{path}, line {line}: the colour {colour} has a class already.")
        names[value] = name
        seen.add(name)
    del names[0]
    if not names:
        raise InputError(f"{path} must name at least one class beside the background.")
    return MaskNames(names, numbers, True)


def _is_byte(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= 255
