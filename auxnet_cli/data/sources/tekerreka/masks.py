"""Reads mask images of one class: ``<stem>_mask.png`` beside the image, or ``masks/<stem>.png``.

A folder ``masks`` belongs to the folder that holds it: ``a/masks/x.png`` is of ``a/x.jpg`` or of
``a/images/x.jpg``, and ``masks/a/x.png`` of ``a/x.jpg``. Pixels above half of the range are
defective; an empty mask means a good part.
"""

from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import (
    Key,
    key_of,
    note_masks_without_image,
    pair_masks,
)
from auxnet_cli.data.sources.masks.pixels import ONE_CLASS, binarise, read_pixels
from auxnet_cli.data.sources.source import Canvas, Labels, Request, Source, no_labels

_ENDING = "_mask"


def read(request: Request, audit: Audit) -> Source:
    """Opens a folder of images with masks; the one class is called ``defect``.

    Raises:
        InputError: the folder is missing, or an image has no mask and ``unlabelled`` is ``error``.
    """
    tree = ImageTree.open(request.folder, "tekerreka", audit)
    masks = find_masks(tree)
    annotated = masks.keys() | {path for path in tree.paths if _is_mask(path, tree)}
    good = tree.without_annotation(annotated, request.unlabelled, "no mask")
    items = [
        tree.image(path, partial(_labels, masks[path], tree) if path in masks else no_labels)
        for path in sorted([*masks, *good], key=tree.below)
    ]
    return Source(tree.root, (ONE_CLASS,), items, len(items))


def find_masks(tree: ImageTree) -> dict[Path, Path]:
    """Returns the mask of each image that has one.

    Masks without image, and masks of a stem that several images or masks have, are noted.
    """

    def key(path: Path) -> Key:
        *folders, stem = key_of(path, tree.root, lambda name: name.lower() in ("masks", "images"))
        return (*folders, stem.removesuffix(_ENDING) if _is_mask(path, tree) else stem)

    pairs: dict[Path, Path] = {}
    for images, masks in pair_masks(tree.paths, key, lambda path: _is_mask(path, tree)):
        if len(images) == len(masks) == 1:
            pairs[images[0]] = masks[0]
        elif not images:
            note_masks_without_image(masks, tree)
        else:
            detail = f"{len(images)} images and {len(masks)} masks of this stem"
            for mask in masks:
                tree.add("ambiguous-stem", mask, detail, "mask skipped")
    return pairs


def _is_mask(path: Path, tree: ImageTree) -> bool:
    in_masks = any(name.lower() == "masks" for name in tree.parents(path))
    return path.suffix.lower() == ".png" and (in_masks or path.stem.endswith(_ENDING))


def _labels(mask: Path, tree: ImageTree, canvas: Canvas) -> Labels:
    return [(ONE_CLASS, binarise(read_pixels(mask, canvas, tree), canvas))]
