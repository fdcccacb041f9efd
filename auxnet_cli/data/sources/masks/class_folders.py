"""Reads a folder for each class, such as ``MT_Crack/Imgs/x.jpg`` with its mask ``x.png``.

An image of a defect class with an empty mask, or a good one with a mask that is not, contradicts
itself. Either label could be wrong, so the image is skipped. See docs/prepare.md for the rules.
"""

import os.path
import re
from functools import partial
from pathlib import Path

from auxnet_cli.data.sources.files.matching import key_of, note_masks_without_image, pair_masks
from auxnet_cli.data.sources.files.source_folder import GOOD, SourceFolder, named_like_masks
from auxnet_cli.data.sources.masks.pixels import binarise, read_pixels
from auxnet_cli.data.sources.source import (
    Canvas,
    Labels,
    RejectedImageError,
    Source,
    SourceImage,
    no_labels,
)
from auxnet_cli.errors import InputError

_IMAGE_FOLDER = re.compile(r"image|img|photo|picture|^jpe?g$|^raw$", re.IGNORECASE)


def read_class_folders(folder: SourceFolder, class_folders: list[Path]) -> Source:
    """Opens the folders as classes, in the order of their names.

    Raises:
        InputError: all folders are of good parts.
    """
    names = class_names([path.name for path in class_folders])
    classes = tuple(name for name in names if name.lower() not in GOOD)
    if not classes:
        raise InputError(
            f"{folder.root} has only folders of good parts ({', '.join(names)}): there is nothing "
            "to learn."
        )
    items: list[SourceImage] = []
    for class_folder, name in zip(class_folders, names, strict=True):
        for image, mask in pair_files(class_folder, folder):
            if mask is not None:
                items.append(folder.image(image, partial(_labels, name, mask, folder)))
            elif name in classes:
                folder.add("image-without-mask", image, f"class {name}", "skipped")
            else:
                items.append(folder.image(image, no_labels))
    return Source(folder.root, classes, items, len(items))


def class_names(folders: list[str]) -> list[str]:
    """Returns folder names without the prefix that all share, up to a ``_-.`` or space."""
    shared = os.path.commonprefix(folders) if len(folders) > 1 else ""  # noqa: RUF071 - of letters
    cut = max(shared.rfind(mark) for mark in "_-. ") + 1
    names = [name[cut:] for name in folders]
    return names if all(names) else folders


def pair_files(class_folder: Path, folder: SourceFolder) -> list[tuple[Path, Path | None]]:
    """Returns the images of a class folder, each with its mask, or ``None`` where it has none.

    A mask lies in a sub-folder named like masks, or beside its image as the PNG of two files with
    one stem. Where some masks lie so, a PNG alone is a mask without an image.
    """

    def is_layout(name: str) -> bool:
        return named_like_masks(name) or _IMAGE_FOLDER.search(name) is not None

    groups = pair_masks(
        folder.images(class_folder),
        lambda path: key_of(path, class_folder, is_layout),
        lambda path: any(map(named_like_masks, path.relative_to(class_folder).parts[:-1])),
    )
    beside = False
    for images, masks in groups:
        drawn = [path for path in images if path.suffix.lower() == ".png"]
        if not masks and len(images) == 2 and len(drawn) == 1:
            beside = True
            images.remove(drawn[0])
            masks.append(drawn[0])
    pairs: list[tuple[Path, Path | None]] = []
    for images, masks in groups:
        lonely = len(images) == 1 and not masks
        if not images or (beside and lonely and images[0].suffix.lower() == ".png"):
            note_masks_without_image(masks or images, folder)
        elif len(images) > 1 or len(masks) > 1:
            number = len(images + masks)
            detail = f"{number} files of this stem: which is the image, which the mask?"
            for path in images + masks:
                folder.add("ambiguous-stem", path, detail, "skipped")
        else:
            pairs.append((images[0], masks[0] if masks else None))
    return sorted(pairs, key=lambda pair: pair[0])


def _labels(name: str, mask: Path, folder: SourceFolder, canvas: Canvas) -> Labels:
    defective = binarise(read_pixels(mask, canvas, folder), canvas)
    if name.lower() in GOOD:
        if defective.any():
            detail = "the folder holds good parts, but the mask marks a defect"
            raise RejectedImageError("label-conflict", detail)
        return []
    if not defective.any():
        detail = f"the folder says {name}, but the mask holds no defective pixel"
        raise RejectedImageError("label-conflict", detail)
    return [(name, defective)]
