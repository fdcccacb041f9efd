"""TekErreka: photographs of fasteners under UV light, one class of defect, most parts good.

The set's own layout is not public. Images may lie in any sub-folder; their labels are looked for:

- ``labelme``: a LabelMe JSON beside each image, see ``labelme``;
- ``coco``: a COCO file, see ``coco``;
- ``voc``: Pascal VOC XML, see ``voc``;
- ``masks``: mask images, ``<stem>_mask.png`` or ``masks/<stem>.png``, see ``tekerreka_masks``.

A good part is an image that is listed in the COCO file or has an empty annotation, or any in a
folder called free, good, ok or negative. What becomes of other images without annotation is asked.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import (
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    existing_folder,
)
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.masks.class_folders import GOOD
from auxnet_cli.data.sources.tekerreka.mask_images import pair_masks
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.system.containment import leads_out

LAYOUTS = {
    "labelme": "auxnet_cli.data.sources.labelme.reader",
    "coco": "auxnet_cli.data.sources.coco.reader",
    "voc": "auxnet_cli.data.sources.voc.reader",
    "masks": "auxnet_cli.data.sources.tekerreka.mask_images",
}
AUTO = "auto"

_SHAPES = re.compile(rb'"shapes"\s*:')
_COCO = (re.compile(rb'"images"\s*:'), re.compile(rb'"annotations"\s*:'))
_VOC = re.compile(rb"<annotation[\s>]")
_HEAD = 2**16
_LARGEST = 2**31


def read(request: Request, audit: Audit) -> Source:
    """Open the source in the layout that is asked for, or found.

    Raises:
        InputError: there is no such layout, none or several are found, or the layout's reader
            refuses the source.
    """
    root = existing_folder(request.folder, "tekerreka")
    layout = request.annotations
    if layout == AUTO:
        layout = find_layout(root)
    elif layout not in LAYOUTS:
        known = [AUTO, *LAYOUTS]
        raise InputError(
            f"annotations is '{layout}'.{nearest(layout, known)} Take one of {', '.join(known)}."
        )
    source: Source = import_module(LAYOUTS[layout]).read(request, audit)
    return replace(source, images=_contradictions(source.images))


def find_layout(root: Path) -> str:
    """The one layout of :data:`LAYOUTS` that a folder's labels have.

    Raises:
        InputError: there are labels of several layouts, or none.
    """
    files = (path for path in root.rglob("*") if path.suffix.lower() in (".json", ".xml"))
    found = Counter(
        _kind(path)
        for path in files
        if path.is_file()
        and not leads_out(path, root)
        and not any(name[0] == "." for name in path.relative_to(root).parts)
    )
    del found[""]
    masks = len(pair_masks(ImageTree(root, Audit()), Audit()))
    found.update({"masks": masks} if masks else {})
    if not found:
        raise InputError(
            f"{root} holds no labels: there is neither LabelMe JSON, a COCO file, VOC XML nor a "
            "mask called <stem>_mask.png or masks/<stem>.png that belongs to an image."
        )
    if len(found) > 1:
        counts = ", ".join(f"{found[name]} of {name}" for name in LAYOUTS if name in found)
        raise InputError(
            f"{root} holds labels of several layouts ({counts} files): choose one with "
            f"--annotations {'|'.join(name for name in LAYOUTS if name in found)}."
        )
    return next(iter(found))


def _kind(path: Path) -> str:
    """The layout that a JSON or XML file belongs to; ``""`` where it is something else."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_HEAD)
            if path.suffix.lower() == ".xml":
                return "voc" if _VOC.search(content) else ""
            if not _SHAPES.search(content) and path.stat().st_size <= _LARGEST:
                content += stream.read()
    except OSError:
        return ""
    if _SHAPES.search(content):
        return "labelme"
    return "coco" if all(key.search(content) for key in _COCO) else ""


def _contradictions(images: Iterable[SourceImage]) -> Iterator[SourceImage]:
    """The images, where defects in a folder of good parts are a conflict."""
    for item in images:
        folders = {part.lower() for part in item.file.split("/")[:-1]}

        def labels(height: int, width: int, item: SourceImage = item) -> Labels:
            shown = list(item.labels(height, width))
            if any(isinstance(shape, tuple) or shape.any() for _, shape in shown):
                raise RejectedImageError(
                    "label-conflict", "in a folder of good parts, but its annotation shows a defect"
                )
            return shown

        yield replace(item, labels=labels) if folders & GOOD else item
