"""Reads mask images: what their pixel values mean, and the classes that they show."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.reading import decode_image, read_file, read_mask
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.sources.files.source_folder import SourceFolder, read_text
from auxnet_cli.data.sources.source import Canvas, RejectedImageError
from auxnet_cli.errors import InputError

VOID = 255
ONE_CLASS = "defect"

NAME_FILES = ("class_names.txt", "classes.txt", "labels.txt", "names.txt")

Pixels = NDArray[np.integer]


def read_pixels(mask: Path, canvas: Canvas, folder: SourceFolder, colour: bool = False) -> Pixels:
    """Returns the values of an image's mask, (height, width).

    With ``colour``, the mask may also be in colour: (height, width, 3) RGB.

    Raises:
        RejectedImageError: it cannot be read, or has another size than the image.
    """
    values: Pixels
    try:
        values = read_mask(mask)
    except InputError as error:
        try:
            if not colour:
                raise
            values = decode_image(read_file(mask), mask)
        except InputError:
            raise RejectedImageError("unreadable-mask", str(error)) from None
    if values.shape[:2] != canvas.size:
        detail = (
            f"the image has {canvas.width} x {canvas.height} pixels, its mask "
            f"{folder.below(mask)} {values.shape[1]} x {values.shape[0]}"
        )
        raise RejectedImageError("mask-of-other-size", detail)
    return values


def binarise(values: Pixels, canvas: Canvas) -> Mask:
    """Returns the defective pixels of a mask: above half of the range, or 1 where that is the top.

    Soft edges, and masks of 0 and 1, are noted.
    """
    top = int(np.iinfo(values.dtype).max)
    if values.max() == 1:
        canvas.add("mask-of-0-and-1", "the mask's highest value is 1", "1 taken as defective")
        return np.asarray(values == 1)
    soft = int(np.count_nonzero((values > 0) & (values < top)))
    if soft:
        detail = f"{soft} pixels between 0 and {top}"
        canvas.add("soft-mask", detail, f"defective above {top // 2}")
    return np.asarray(values > top // 2)


def class_masks(values: Pixels, names: dict[int, str], canvas: Canvas) -> list[tuple[str, Mask]]:
    """Returns the classes that an index mask shows, each with its (height, width) mask.

    Raises:
        RejectedImageError: a value has no name.
    """
    if names == {VOID: ONE_CLASS}:
        return [(ONE_CLASS, binarise(values, canvas))]
    masks = []
    for value in np.unique(values).tolist():
        if value in names:
            masks.append((names[value], values == value))
        elif value == VOID:
            number = int(np.count_nonzero(values == VOID))
            canvas.add("void-pixels", f"{number} pixels of value 255", "taken as background")
        elif value != 0:
            last = max(names, default=0)
            detail = f"the mask holds the value {value}, but the last class is {last}"
            raise RejectedImageError("unknown-class-value", detail)
    return masks


def read_names(folder: SourceFolder) -> dict[int, str] | None:
    """Returns class names by value, without the background's; ``None`` where no file names them.

    Raises:
        InputError: the file is no text, or names a class twice or none at all.
    """
    path = folder.first_file(*NAME_FILES)
    if path is None:
        return None
    names = [line.strip() for line in read_text(path).split("\n")]
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


def number_classes(masks: list[Path]) -> dict[int, str]:
    """Returns classes named by the values that occur; ``ONE_CLASS`` for black and white masks."""
    seen: set[int] = set()
    for path in masks:
        try:
            seen.update(np.unique(read_mask(path)).tolist())
        except InputError:
            continue  # reported with its image
    grey = any(VOID // 2 < value != VOID for value in seen)
    numbers = sorted(seen - {0, VOID})
    if grey or (not numbers and VOID in seen):
        return {VOID: ONE_CLASS}
    return {number: str(number) for number in numbers}
