"""Mask images of one class: ``<stem>_mask.png`` beside the image, or ``masks/<stem>.png``.

A folder ``masks`` speaks for the folder that holds it: ``a/masks/x.png`` is of ``a/x.jpg`` or of
``a/images/x.jpg``, and ``masks/a/x.png`` of ``a/x.jpg``. Pixels above half of the range are
defective; an empty mask means a good part.
"""

from collections.abc import Iterator
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import Labels, Request, Source, SourceImage, existing_folder
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.masks.class_folders import binarise
from auxnet_cli.data.sources.masks.index_masks import ONE_CLASS
from auxnet_cli.data.sources.masks.pairing import below, read_mask_of

_ENDING = "_mask"
_FOLDERS = frozenset({"masks", "images"})
"""Folders that do not count when an image and its mask are compared."""


def read(request: Request, audit: Audit) -> Source:
    """Open a folder of images with masks; the one class is called ``defect``.

    Raises:
        InputError: the folder is missing, or an image has no mask and ``unlabelled`` is ``error``.
    """
    root = existing_folder(request.folder, "tekerreka")
    tree = ImageTree(root, audit)
    pairs = pair_masks(tree, audit)
    taken = pairs.keys() | {path for path in tree.paths if _is_mask(path, root)}
    good = tree.without_annotation(taken, request.unlabelled, audit, "no mask")
    images: dict[Path, Path | None] = {**pairs, **dict.fromkeys(good)}
    return Source(root, (ONE_CLASS,), False, None, len(images), _images(images, root, audit))


def pair_masks(tree: ImageTree, audit: Audit) -> dict[Path, Path]:
    """The mask of each image that has one.

    Masks without image, and files of one stem where it is not clear which is meant, are named in
    the audit.
    """
    found: dict[tuple[str, ...], tuple[list[Path], list[Path]]] = {}
    for path in tree.paths:
        is_mask = _is_mask(path, tree.root)
        stem = path.stem.removesuffix(_ENDING) if is_mask else path.stem
        folders = path.relative_to(tree.root).parts[:-1]
        key = (*(name for name in folders if name.lower() not in _FOLDERS), stem)
        found.setdefault(key, ([], []))[is_mask].append(path)
    pairs: dict[Path, Path] = {}
    for images, masks in found.values():
        if len(images) == len(masks) == 1:
            pairs[images[0]] = masks[0]
        elif masks and not images:
            for mask in masks:
                detail = "no image of this stem"
                audit.add("mask-without-image", below(mask, tree.root), detail, "skipped")
        elif masks:
            for mask in masks:
                detail = f"{len(images)} images and {len(masks)} masks of this stem"
                audit.add("ambiguous-stem", below(mask, tree.root), detail, "mask skipped")
    return pairs


def _is_mask(path: Path, root: Path) -> bool:
    if path.suffix.lower() != ".png":
        return False
    folders = path.relative_to(root).parts[:-1]
    return path.stem.endswith(_ENDING) or any(name.lower() == "masks" for name in folders)


def _images(images: dict[Path, Path | None], root: Path, audit: Audit) -> Iterator[SourceImage]:
    for image in sorted(images, key=lambda path: below(path, root)):
        file = below(image, root)

        def labels(
            height: int, width: int, mask: Path | None = images[image], file: str = file
        ) -> Labels:
            if mask is None:
                return []
            return [(ONE_CLASS, binarise(read_mask_of(mask, root, height, width), file, audit))]

        yield SourceImage(file, file, image, labels)
