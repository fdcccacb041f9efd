"""Pascal VOC: boxes in XML, and index masks of classes and objects.

- XML files lie in ``Annotations``, or beside their images; images in ``JPEGImages`` or ``images``;
  masks in ``SegmentationClass`` and ``SegmentationObject``; in any letter case, at any depth.
- An XML belongs to the image of its own stem; where there is none, to the one its ``<filename>``
  names. What contradicts the file (name, depth, class in the name) is noted, and the XML counts.
- Where an image has a mask, the mask gives its labels. Of the XML beside it only objects count
  whose box holds no pixel of their class: the others are the same defects again.
- An XML without objects, and a mask that is all background, mean a good part; so does an image
  with neither in a folder called free, good, ok or negative.
- ``ImageSets`` gives the split.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.shapes import fit_box
from auxnet_cli.data.sources import (
    Box,
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    existing_folder,
)
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import common_folder
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.data.sources.voc.check import check
from auxnet_cli.data.sources.voc.layout import VocImage, find_files, pair_files
from auxnet_cli.data.sources.voc.masks import MaskNames, read_class_masks, read_mask_names
from auxnet_cli.data.sources.voc.sets import read_sets
from auxnet_cli.data.sources.voc.xml import VocXml
from auxnet_cli.errors import InputError

_Shown = Sequence[tuple[str, NDArray[np.bool_] | Box]]


def read(request: Request, audit: Audit) -> Source:
    """Open the source; every XML is read before the first image.

    Raises:
        InputError: the folder is missing or holds neither XML nor masks; masks whose classes have
            no names lie beside XML that has some; a list of ``ImageSets`` or of names is wrong; an
            image has no label and ``unlabelled`` is ``error``.
    """
    root = existing_folder(request.folder, "voc")
    tree = ImageTree(root, audit)
    files = find_files(tree, audit)
    if not files.xmls and not files.class_masks:
        raise InputError(
            f"{root} holds neither XML files nor a folder SegmentationClass: name the folder that "
            "holds Annotations and JPEGImages."
        )
    items = pair_files(files, root, audit)
    named = {found.name for item in items if item.xml for found in item.xml.objects}
    names = read_mask_names(root, files.class_masks)
    if named and names.names and not names.given:
        raise InputError(
            f"{root} has masks beside XML, but no file says which number means which class: add "
            "class_names.txt with a name a line, the background's first."
        )
    classes = [*names.names.values()]
    classes += sorted(named - {*classes})
    taken = set(tree.paths) - {item.image for item in items if item.bare}
    missing = "neither XML nor mask"
    good = set(tree.without_annotation(taken, request.unlabelled, audit, missing))
    items = [item for item in items if not item.bare or item.image in good]
    splits = read_sets(root, [item.image.stem for item in items], audit)
    folded = {name.casefold(): name for name in classes}
    folder = common_folder([item.image for item in items], root)

    def images() -> Iterator[SourceImage]:
        for item in items:
            file = below(item.image, root)

            def labels(height: int, width: int, item: VocImage = item, file: str = file) -> Labels:
                return _labels(item, height, width, names, folded, root, file, audit)

            name, split = below(item.image, folder), splits.get(item.image.stem)
            yield SourceImage(name, file, item.image, labels, split)

    return Source(root, tuple(classes), False, None, len(items), images())


def _labels(
    item: VocImage,
    height: int,
    width: int,
    names: MaskNames,
    classes: Mapping[str, str],
    root: Path,
    file: str,
    audit: Audit,
) -> Labels:
    if item.fault:
        raise RejectedImageError("unreadable-annotation", item.fault)
    shown: list[tuple[str, NDArray[np.bool_] | Box]] = []
    if item.mask is not None:
        size = height, width
        shown += read_class_masks(item.mask, item.objects, names, size, root, file, audit)
    if item.xml is not None:
        check(item.xml, item.image, (height, width), classes, file, audit)
        shown += _boxes(item.xml, shown, height, width, file, audit)
    return shown


def _boxes(
    xml: VocXml,
    shown: _Shown,
    height: int,
    width: int,
    file: str,
    audit: Audit,
) -> list[tuple[str, Box]]:
    """The boxes of the objects that no mask shows."""
    boxes = []
    for number, found in enumerate(xml.objects, start=1):
        box = fit_box(found.corners, height, width, file, f"object {number} ({found.name})", audit)
        if box is not None:
            boxes.append((found.name, box))
    if xml.objects and not boxes and not shown:
        raise RejectedImageError("no-usable-annotation", "none of its objects has a usable box")
    return [(name, box) for name, box in boxes if not _covered(name, box, shown)]


def _covered(name: str, box: Box, shown: _Shown) -> bool:
    x, y, width, height = box
    place = np.s_[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width))]
    return any(
        other == name and not isinstance(mask, tuple) and mask[place].any() for other, mask in shown
    )
