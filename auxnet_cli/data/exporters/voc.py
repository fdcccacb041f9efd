"""Writes Pascal VOC: ``Annotations``, ``JPEGImages``, ``ImageSets``, and masks where there are any.

The masks of ``SegmentationClass`` and ``SegmentationObject`` are PNG of numbers, shown in VOC's own
colours. ``class_names.txt`` names the numbers, ``labelmap.txt`` the colours, as CVAT and Datumaro
want it. A pixel has one number: a pixel of two classes keeps that of the smaller defect. Boxes are
whole pixels.
"""

import io
import math
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Annotation, Dataset, Record
from auxnet_cli.data.exporters.images import flat_names, read_splits, with_progress
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.data.record_image import copy_record, open_record
from auxnet_cli.data.sources.masks.pixels import VOID
from auxnet_cli.data.sources.voc.labelmap import BACKGROUND
from auxnet_cli.system.files import write_bytes, write_text


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``."""
    splits = read_splits(dataset)
    records = list(chain(*splits.values()))
    names = {number: Path(name) for number, name in flat_names(splits, audit).items()}
    drawn = {record.id for record in records if record.masked_labels}
    if drawn:  # a good part's empty mask says that it is good
        drawn |= {record.id for record in records if not record.annotations}
    for record in with_progress(records):
        name = names[record.id]
        copy_record(record, folder / "JPEGImages" / name)
        root = _xml(record, name.name, dataset.classes, record.id in drawn)
        text = tostring(root, encoding="unicode") + "\n"
        write_text(folder / "Annotations" / f"{name.stem}.xml", text)
        if record.id in drawn:
            classes, objects = _draw(record, audit)
            write_bytes(folder / "SegmentationClass" / f"{name.stem}.png", _png(classes))
            write_bytes(folder / "SegmentationObject" / f"{name.stem}.png", _png(objects))
    write_text(folder / "class_names.txt", "\n".join(["_background_", *dataset.classes]) + "\n")
    _write_labelmap(folder / "labelmap.txt", dataset.classes, audit)
    for split, listed in splits.items():
        for task in ("Main", "Segmentation") if drawn else ("Main",):
            ids = [record.id for record in listed if task == "Main" or record.id in drawn]
            stems = "".join(f"{names[number].stem}\n" for number in ids)
            write_text(folder / "ImageSets" / task / f"{split}.txt", stems)


def _xml(record: Record, name: str, classes: tuple[str, ...], drawn: bool) -> Element:
    root = Element("annotation")
    depth = open_record(record).channels or 3
    _add(root, [("folder", "JPEGImages"), ("filename", name)])
    size = SubElement(root, "size")
    _add(size, [("width", record.width), ("height", record.height), ("depth", depth)])
    _add(root, [("segmented", int(drawn))])
    for annotation in record.annotations:
        defect = SubElement(root, "object")
        _add(defect, [("name", classes[annotation.label]), ("pose", "Unspecified")])
        _add(defect, [("truncated", 0), ("difficult", 0)])
        left, top, right, bottom = _whole_pixels(annotation)
        # VOC counts pixels from 1 and includes the last.
        corners = [("xmin", left + 1), ("ymin", top + 1), ("xmax", right), ("ymax", bottom)]
        _add(SubElement(defect, "bndbox"), corners)
    indent(root)
    return root


def _add(parent: Element, values: Iterable[tuple[str, object]]) -> None:
    for tag, value in values:
        SubElement(parent, tag).text = str(value)


def _whole_pixels(annotation: Annotation) -> tuple[int, int, int, int]:
    """Returns the left, top, right and bottom of the whole pixels that a box reaches."""
    x, y, width, height = annotation.box
    return math.floor(x), math.floor(y), math.ceil(x + width), math.ceil(y + height)


def _draw(record: Record, audit: Audit) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Returns (height, width) numbers of classes and of objects, as the XML lists them from 1."""
    classes = np.zeros((record.height, record.width), np.uint16)
    objects = np.zeros_like(classes)
    masks = [
        (decode(annotation.rle, record.height, record.width), annotation.label + 1, number)
        for number, annotation in enumerate(record.annotations, start=1)
        if annotation.rle is not None
    ]
    lost = 0
    for mask, label, number in sorted(masks, key=lambda drawn: -int(np.count_nonzero(drawn[0]))):
        lost += int(np.count_nonzero(classes[mask]))
        classes[mask], objects[mask] = label, number
    if lost:
        detail = f"{lost} pixels belong to several defects, but a mask's pixel has one number"
        audit.add("overlapping-masks", record.name, detail, "the smaller defect keeps them")
    hidden = 0
    for annotation in record.annotations:
        if annotation.rle is None:
            left, top, right, bottom = _whole_pixels(annotation)
            hidden += bool((classes[top:bottom, left:right] == annotation.label + 1).any())
    if hidden:
        detail = f"{hidden} boxes without mask lie on masks of their class"
        audit.add("box-on-mask", record.name, detail, "in the XML, but reads as the masks' own")
    return classes, objects


def _png(pixels: NDArray[np.uint16]) -> bytes:
    """Returns a PNG of 8 bits with VOC's palette where the numbers stay below 255, which is void.

    With higher numbers it has 16 bits and no palette, since PNG's palettes end there.
    """
    if pixels.max() >= VOID:
        return bytes(cv2.imencode(".png", pixels)[1])
    picture = Image.fromarray(pixels.astype(np.uint8))
    picture.putpalette([part for number in range(256) for part in voc_colour(number)])
    stream = io.BytesIO()
    picture.save(stream, "png")
    return stream.getvalue()


def voc_colour(number: int) -> tuple[int, int, int]:
    """Returns the red, green and blue of a number, 0-255: its bits in turn, the lowest first.

    It is the colour map of the VOC development kit; each number below 2^24 has a colour of its own.
    """
    colour = [0, 0, 0]
    for bit in range(24):
        colour[bit % 3] |= (number >> bit & 1) << (7 - bit // 3)
    return colour[0], colour[1], colour[2]


def _write_labelmap(path: Path, classes: Sequence[str], audit: Audit) -> None:
    """Writes ``name:red,green,blue:parts:actions`` for each class; nothing if a name is unfit."""
    for name in classes:
        if ":" in name or name.startswith("#") or name.lower() in BACKGROUND:
            detail = f"labelmap.txt cannot hold the class {name}"
            audit.add("name-unfit-for-labelmap", "", detail, "labelmap.txt left out")
            return
    lines = ["# label:color_rgb:parts:actions"]
    for number, name in enumerate(["background", *classes]):
        lines.append(f"{name}:{','.join(map(str, voc_colour(number)))}::")
    write_text(path, "\n".join(lines) + "\n")
