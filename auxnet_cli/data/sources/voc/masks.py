"""Reads the classes and objects in Pascal VOC's ``SegmentationClass`` and ``SegmentationObject``.

A pixel's number or colour is its class, see :mod:`~auxnet_cli.data.sources.voc.labelmap`. In
``SegmentationObject`` each object has its own number or colour; it keeps objects of one class apart
that touch.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.labels.touching_objects import Layers
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.masks.pixels import VOID, Pixels, class_masks, read_pixels
from auxnet_cli.data.sources.source import Canvas, RejectedImageError
from auxnet_cli.data.sources.voc.labelmap import MaskNames

MAX_OBJECTS = 10_000
"""More in one class of an image are noise: they are not told apart."""

MAX_COVERED = 300_000_000
"""Pixels that the boxes around all objects of a class may cover: more would take seconds."""

_VOID_COLOUR = 0xE0E0C0  # VOC's own palette shows 255 in it


def read_class_masks(
    class_mask: Path,
    object_mask: Path | None,
    meaning: MaskNames,
    folder: SourceFolder,
    canvas: Canvas,
) -> Iterator[tuple[str, Mask]]:
    """Yields the classes of an image's masks; touching objects of a class lie on several masks.

    Raises:
        RejectedImageError: a mask is unreadable, of another size, or holds an unknown class.
    """
    values = read_pixels(class_mask, canvas, folder, colour=True)
    if values.ndim == 3:
        values = _to_numbers(values, meaning, folder.below(class_mask))
    masks = class_masks(values, meaning.names, canvas)
    if object_mask is None:
        yield from masks
        return
    objects = read_pixels(object_mask, canvas, folder, colour=True)
    numbers = _pack(objects) if objects.ndim == 3 else objects
    for name, mask in masks:
        what = f"{name} in {folder.below(object_mask)}"
        for part in _separate(mask, numbers, len(masks), what, canvas):
            yield name, part


def _separate(mask: Mask, numbers: Pixels, classes: int, what: str, canvas: Canvas) -> list[Mask]:
    """Returns the mask of one of several classes as masks on which touching objects do not meet.

    ``numbers`` (height, width) has the object of each pixel.
    """
    from scipy.ndimage import find_objects  # scipy takes half a second to import

    values, indices = np.unique(numbers[mask], return_inverse=True)
    if len(values) > MAX_OBJECTS:
        detail = f"{len(values)} numbers of {what}, more than {MAX_OBJECTS}"
        canvas.add("too-many-objects", detail, "touching objects joined")
        return [mask]
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = indices + 1
    boxes = find_objects(labels)
    if sum(labels[box].size for box in boxes) > MAX_COVERED:
        detail = f"the objects of {what} are scattered over the image"
        canvas.add("too-many-objects", detail, "touching objects joined")
        return [mask]
    layers = Layers(*canvas.size, classes)
    for label, (rows, columns) in enumerate(boxes, start=1):
        layers.add(rows.start, columns.start, labels[rows, columns] == label)
    if layers.joined:
        detail = f"{layers.joined} objects of {what} touch too many others"
        canvas.add("too-many-objects", detail, "touching objects joined")
    return layers.masks


def _to_numbers(colours: Pixels, meaning: MaskNames, file: str) -> Pixels:
    """Returns the (height, width) class numbers of a mask in colour."""
    if not meaning.numbers:
        detail = f"{file} is in colour, and no labelmap.txt says what colours mean"
        raise RejectedImageError("unreadable-mask", detail)
    values, indices = np.unique(_pack(colours), return_inverse=True)
    known = meaning.numbers | {0: 0, _VOID_COLOUR: VOID}
    unknown = [colour for colour in values.tolist() if colour not in known]
    if unknown:
        detail = f"{file} holds the colour #{unknown[0]:06x}, which has no class"
        raise RejectedImageError("unknown-class-value", detail)
    return np.array([known[colour] for colour in values.tolist()])[indices].reshape(
        colours.shape[:2]
    )


def _pack(colours: Pixels) -> Pixels:
    red, green, blue = np.moveaxis(colours.astype(np.int32), -1, 0)
    packed: Pixels = red << 16 | green << 8 | blue
    return packed
