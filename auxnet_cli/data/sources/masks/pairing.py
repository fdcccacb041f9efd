"""Which mask belongs to which image: files are paired by stem."""

import os
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.images.reading import read_mask
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.errors import InputError
from auxnet_cli.prediction_files import WrittenPictures

_MASK_FOLDER = re.compile(r"mask|segm|label|annot|truth|^gt$|^index(ed)?$", re.IGNORECASE)
_IMAGE_FOLDER = re.compile(r"image|img|photo|picture|^jpe?g$|^raw$", re.IGNORECASE)

Key = tuple[tuple[str, ...], str]


def named_like_masks(name: str) -> bool:
    """Whether a folder is called as folders of masks are."""
    return _MASK_FOLDER.search(name) is not None


def images_below(folder: Path) -> list[Path]:
    """Every file at any depth whose name is an image's, sorted.

    What is hidden, and what auxnet wrote itself, is left out. A link that leads nowhere is a file
    that cannot be read.
    """
    written, root = WrittenPictures(), Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
    return sorted(
        path
        for path in folder.rglob("*")
        if is_image_name(path)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
        and root / path.relative_to(folder) not in written
    )


def pair(folder: Path, root: Path, audit: Audit) -> list[tuple[Path, Path | None]]:
    """The images of a class folder, each with its mask, ``None`` where it has none.

    A mask lies in a sub-folder named like masks are, or beside its image as the PNG of two files
    with one stem. Where some masks lie so, a PNG alone is a mask without an image.
    """
    found: dict[Key, tuple[list[Path], list[Path]]] = defaultdict(lambda: ([], []))
    for path in images_below(folder):
        if not is_usable(path, root, audit):
            continue
        parents = path.relative_to(folder).parts[:-1]
        is_mask = any(named_like_masks(part) for part in parents)
        neutral = (part for part in parents if not (named_like_masks(part) or _is_images(part)))
        found[tuple(neutral), path.stem][is_mask].append(path)
    beside = False
    for images, masks in found.values():
        drawn = [path for path in images if path.suffix.lower() == ".png"]
        if not masks and len(images) == 2 and len(drawn) == 1:
            beside = True
            images.remove(drawn[0])
            masks.append(drawn[0])
    pairs: list[tuple[Path, Path | None]] = []
    for images, masks in found.values():
        if beside and not masks and len(images) == 1 and images[0].suffix.lower() == ".png":
            images, masks = [], images  # noqa: PLW2901 - a mask whose image is missing
        if not images:
            for mask in masks:
                audit.add(
                    "mask-without-image", below(mask, root), "no image of this stem", "skipped"
                )
        elif len(images) > 1 or len(masks) > 1:
            for path in images + masks:
                detail = (
                    f"{len(images + masks)} files of this stem: which is the image, which the mask?"
                )
                audit.add("ambiguous-stem", below(path, root), detail, "skipped")
        else:
            pairs.append((images[0], masks[0] if masks else None))
    return sorted(pairs, key=lambda two: two[0])


def read_mask_of(
    mask: Path, root: Path, height: int, width: int
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The mask of an image of a known size.

    Raises:
        RejectedImageError: it cannot be read, or has another size.
    """
    try:
        values = read_mask(mask)
    except InputError as error:
        raise RejectedImageError("unreadable-mask", str(error)) from None
    if values.shape != (height, width):
        detail = (
            f"the image has {width} x {height} pixels, its mask {below(mask, root)} "
            f"{values.shape[1]} x {values.shape[0]}"
        )
        raise RejectedImageError("mask-of-other-size", detail)
    return values


def below(path: Path, root: Path) -> str:
    """A path below the source, with forward slashes."""
    return path.relative_to(root).as_posix()


def _is_images(name: str) -> bool:
    return _IMAGE_FOLDER.search(name) is not None
