"""Reads Pascal VOC: boxes in XML, and index masks of classes and objects.

What contradicts an XML (image name, depth, class in the name) is noted, and the XML counts. Where
an image has a mask, the mask gives its labels. The XML beside it adds only the objects whose box
holds no pixel of their class: the others are the same defects again. The page docs/prepare.md has
the rules for layout, good parts and splits.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.reading import open_image, read_file
from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.run_lengths import Mask
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import common_folder
from auxnet_cli.data.sources.source import Canvas, Labels, RejectedImageError, Request, Source
from auxnet_cli.data.sources.voc.labelmap import MaskNames, read_mask_names
from auxnet_cli.data.sources.voc.layout import VocImage, find_images
from auxnet_cli.data.sources.voc.masks import read_class_masks
from auxnet_cli.data.sources.voc.sets import read_sets
from auxnet_cli.data.sources.voc.xml import VocXml
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted


def read(request: Request, audit: Audit) -> Source:
    """Opens the source; every XML is read before the first image.

    Raises:
        InputError: the folder is missing or holds neither XML nor masks; masks whose classes have
            no names lie beside XML that has some; a list of ``ImageSets`` or of names is wrong; an
            image has no label and ``unlabelled`` is ``error``.
    """
    tree = ImageTree.open(request.folder, "voc", audit)
    images, class_masks = find_images(tree)
    named = {name for image in images for name in image.class_names}
    meaning = read_mask_names(tree, class_masks)
    if named and meaning.names and not meaning.given:
        raise InputError(
            f"{tree.root} has masks beside XML, but no file says which number means which class: "
            "add class_names.txt with a name a line, the background's first."
        )
    classes = [*meaning.names.values()]
    classes += sorted(named - {*classes})
    annotated = set(tree.paths) - {image.path for image in images if image.is_unlabelled}
    missing = "neither XML nor mask"
    good = set(tree.without_annotation(annotated, request.unlabelled, missing))
    images = [image for image in images if not image.is_unlabelled or image.path in good]
    splits = read_sets(tree, [image.path.stem for image in images])
    folded = {name.casefold(): name for name in classes}
    folder = common_folder([image.path for image in images], tree.root)
    items = [
        tree.image(
            image.path,
            partial(_labels, image, meaning, folded, tree),
            image.path.relative_to(folder).as_posix(),
            splits.get(image.path.stem),
        )
        for image in images
    ]
    return Source(tree.root, tuple(classes), items, len(items))


def _labels(
    image: VocImage, meaning: MaskNames, classes: Mapping[str, str], tree: ImageTree, canvas: Canvas
) -> Labels:
    if isinstance(image.xml, str):
        raise RejectedImageError("unreadable-annotation", image.xml)
    masks: list[tuple[str, Mask]] = []
    if image.class_mask is not None:
        masks += read_class_masks(image.class_mask, image.object_mask, meaning, tree, canvas)
    if image.xml is None:
        return masks
    check_xml(image.xml, image.path, classes, canvas)
    return [*masks, *_boxes(image.xml, masks, canvas)]


def check_xml(xml: VocXml, image: Path, classes: Mapping[str, str], canvas: Canvas) -> None:
    """Notes where an XML contradicts its image; ``classes`` by their names in folded case.

    Raises:
        RejectedImageError: it states another size, so that its boxes lie elsewhere.
    """
    if xml.size is not None and xml.size != canvas.size:
        detail = (
            f"the XML says {xml.size[1]} x {xml.size[0]} pixels, the image has "
            f"{canvas.width} x {canvas.height}"
        )
        raise RejectedImageError("size-conflict", detail)
    stored = open_image(read_file(image), image).channels
    if None not in (xml.depth, stored) and xml.depth != stored:
        detail = f"the XML says depth {xml.depth}, the image has {stored} channels"
        canvas.add("depth-conflict", detail, "the image counts")
    if xml.filename and PurePosixPath(xml.filename.replace("\\", "/")).name != image.name:
        detail = f"the XML's <filename> is {quoted(xml.filename)}"
        canvas.add("filename-conflict", detail, "paired all the same")
    expected = _class_in(image.stem, classes)
    others = [item.name for item in xml.objects if expected and item.name != expected]
    if others:
        detail = (
            f"the file is called after {expected}, but {len(others)} of {len(xml.objects)} objects "
            f"are {', '.join(sorted(set(others)))}"
        )
        canvas.add("class-unlike-name", detail, "the XML counts")


def _class_in(stem: str, classes: Mapping[str, str]) -> str | None:
    """Returns the class with the longest name that a file is called after, as ``crazing_1`` is."""
    for end in range(len(stem), 2, -1):
        name, rest = classes.get(stem[:end].casefold()), stem[end:]
        if (
            name is not None
            and any(letter.isalpha() for letter in name)
            and not rest[:1].isalpha()
            and not (name[-1].isdigit() and rest[:1].isdigit())
        ):
            return name
    return None


def _boxes(xml: VocXml, masks: Sequence[tuple[str, Mask]], canvas: Canvas) -> list[tuple[str, Box]]:
    """Returns the boxes of the objects that no mask shows."""
    boxes = []
    for number, item in enumerate(xml.objects, start=1):
        box = canvas.box(item.corners, f"object {number} ({item.name})")
        if box is not None:
            boxes.append((item.name, box))
    if xml.objects and not boxes and not masks:
        raise RejectedImageError("no-usable-annotation", "none of its objects has a usable box")
    return [(name, box) for name, box in boxes if not _is_shown(name, box, masks)]


def _is_shown(name: str, box: Box, masks: Sequence[tuple[str, Mask]]) -> bool:
    """Returns whether a mask of the class has a pixel within a box."""
    x, y, width, height = box
    window = np.s_[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width))]
    return any(other == name and mask[window].any() for other, mask in masks)
