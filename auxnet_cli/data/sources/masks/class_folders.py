"""A folder for each class, such as ``MT_Crack/Imgs/x.jpg`` with its mask ``x.png``.

- A prefix that all folders share, up to a separator, is dropped (``MT_Crack`` is Crack).
- Folders called free, good, ok or negative hold good parts; masks there are optional.
- Masks may have soft edges: a pixel is defective above half of the range.
- An image of a defect class with an empty mask, or a good one with a mask that is not, contradicts
  itself. It would teach something wrong as either, so it is passed over and named in the audit.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import Labels, RejectedImageError, Source, SourceImage
from auxnet_cli.data.sources.masks.pairing import below, pair, read_mask_of
from auxnet_cli.errors import InputError

GOOD = frozenset({"free", "good", "ok", "negative"})


def read(root: Path, folders: list[Path], audit: Audit) -> Source:
    """Open the folders as classes, in the order of their names.

    Raises:
        InputError: no folder but those of good parts.
    """
    names = class_names([folder.name for folder in folders])
    classes = tuple(name for name in names if name.lower() not in GOOD)
    if not classes:
        raise InputError(
            f"{root} has only folders of good parts ({', '.join(names)}): there is nothing "
            "to learn."
        )
    pairs: list[tuple[str, Path, Path | None]] = []
    for folder, name in zip(folders, names, strict=True):
        for image, mask in pair(folder, root, audit):
            if mask is None and name in classes:
                audit.add("image-without-mask", below(image, root), f"class {name}", "skipped")
            else:
                pairs.append((name, image, mask))
    return Source(root, classes, False, None, len(pairs), _images(pairs, root, audit))


def class_names(folders: list[str]) -> list[str]:
    """Folder names without the prefix that all share, up to a ``_``, ``-``, ``.`` or space."""
    first, last = min(folders), max(folders)  # what these two share, all share
    differ = (n for n, two in enumerate(zip(first, last, strict=False)) if two[0] != two[1])
    shared = next(differ, len(first)) if len(folders) > 1 else 0
    cut = max(first.rfind(mark, 0, shared) for mark in "_-. ") + 1
    names = [folder[cut:] for folder in folders]
    return names if all(names) else folders


def binarise(values: NDArray[np.integer], file: str, audit: Audit) -> NDArray[np.bool_]:
    """Defective pixels of a mask: above half of the range, or 1 where there is nothing above 1.

    Soft edges, and masks of 0 and 1, are noted under ``file``.
    """
    top = int(np.iinfo(values.dtype).max)
    if values.max() == 1:
        audit.add("mask-of-0-and-1", file, "the mask's highest value is 1", "1 taken as defective")
        return np.asarray(values == 1)
    soft = int(np.count_nonzero((values > 0) & (values < top)))
    if soft:
        audit.add(
            "soft-mask", file, f"{soft} pixels between 0 and {top}", f"defective above {top // 2}"
        )
    return np.asarray(values > top // 2)


def _images(
    pairs: list[tuple[str, Path, Path | None]], root: Path, audit: Audit
) -> Iterator[SourceImage]:
    for name, image, mask in pairs:

        def labels(
            height: int, width: int, name: str = name, image: Path = image, mask: Path | None = mask
        ) -> Labels:
            if mask is None:
                return []
            values = read_mask_of(mask, root, height, width)
            defective = binarise(values, below(image, root), audit)
            if name.lower() not in GOOD:
                if defective.any():
                    return [(name, defective)]
                detail = f"the folder says {name}, but the mask holds no defective pixel"
                raise RejectedImageError("label-conflict", detail)
            if defective.any():
                detail = "the folder holds good parts, but the mask marks a defect"
                raise RejectedImageError("label-conflict", detail)
            return []

        file = below(image, root)
        yield SourceImage(file, file, image, labels)
