"""Reads TekErreka: photographs of fasteners under UV light, one defect class, most parts good.

The set's own layout is not public. Images may lie in any sub-folder; their labels are looked for in
the layouts of other formats, or as mask images, see ``tekerreka.masks``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.coco import reader as coco
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.source_folder import GOOD, SourceFolder
from auxnet_cli.data.sources.labelme import reader as labelme
from auxnet_cli.data.sources.source import Labels, RejectedImageError, Request, Source, SourceImage
from auxnet_cli.data.sources.tekerreka import masks
from auxnet_cli.data.sources.voc import reader as voc
from auxnet_cli.errors import InputError, nearest

LAYOUTS = {"labelme": labelme.read, "coco": coco.read, "voc": voc.read, "masks": masks.read}
AUTO = "auto"

_SHAPES = re.compile(rb'"shapes"\s*:')
_COCO = (re.compile(rb'"images"\s*:'), re.compile(rb'"annotations"\s*:'))
_VOC = re.compile(rb"<annotation[\s>]")
_HEAD = 2**16
_MAX_BYTES = 2**31


def read(request: Request, audit: Audit) -> Source:
    """Opens the source in the layout that is requested, or found.

    Raises:
        InputError: there is no such layout, none or several are found, or the layout's reader
            refuses the source.
    """
    root = SourceFolder.open(request.folder, "tekerreka", audit).root
    layout = request.annotations
    if layout == AUTO:
        layout = find_layout(root)
    elif layout not in LAYOUTS:
        known = [AUTO, *LAYOUTS]
        raise InputError(
            f"annotations is '{layout}'.{nearest(layout, known)} Take one of {', '.join(known)}."
        )
    source = LAYOUTS[layout](request, audit)
    return replace(source, images=_check_good_folders(source.images))


def find_layout(root: Path) -> str:
    """Returns the one layout of ``LAYOUTS`` that a folder's labels have.

    Raises:
        InputError: there are labels of several layouts, or none.
    """
    tree = ImageTree(root, Audit())
    counts = Counter(map(_layout_of, tree.files(".json", ".xml")))
    counts["masks"] = len(masks.find_masks(tree))
    layouts = [name for name in LAYOUTS if counts[name]]
    if not layouts:
        raise InputError(
            f"{root} holds no labels: there is neither LabelMe JSON, a COCO file, VOC XML nor a "
            "mask called <stem>_mask.png or masks/<stem>.png that belongs to an image."
        )
    if len(layouts) > 1:
        shown = ", ".join(f"{counts[name]} of {name}" for name in layouts)
        raise InputError(
            f"{root} holds labels of several layouts ({shown} files): choose one with "
            f"`annotations` {'|'.join(layouts)}."
        )
    return layouts[0]


def _layout_of(path: Path) -> str:
    """Returns the layout that a JSON or XML file belongs to; ``""`` where it is something else."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_HEAD)
            if path.suffix.lower() == ".xml":
                return "voc" if _VOC.search(content) else ""
            if not _SHAPES.search(content) and path.stat().st_size <= _MAX_BYTES:
                content += stream.read()
    except OSError:
        return ""
    if _SHAPES.search(content):
        return "labelme"
    return "coco" if all(key.search(content) for key in _COCO) else ""


def _check_good_folders(images: Iterable[SourceImage]) -> Iterator[SourceImage]:
    """Yields the images; defects in a folder of good parts become a conflict."""
    for image in images:
        in_good = GOOD & {part.lower() for part in image.file.split("/")[:-1]}
        yield replace(image, labels=partial(_good_labels, image)) if in_good else image


def _good_labels(image: SourceImage, height: int, width: int) -> Labels:
    labels = list(image.labels(height, width))
    if any(isinstance(shape, tuple) or shape.any() for _, shape in labels):
        detail = "in a folder of good parts, but its annotation shows a defect"
        raise RejectedImageError("label-conflict", detail)
    return labels
