"""Pascal VOC: ``Annotations``, ``JPEGImages``, ``ImageSets``, and masks where there are some.

The masks of ``SegmentationClass`` and ``SegmentationObject`` are PNG of numbers, shown in VOC's own
colours. ``class_names.txt`` names the numbers, ``labelmap.txt`` the colours, as CVAT and Datumaro
want it. A pixel has one number, so that a pixel of two classes keeps that of the smaller defect.
Boxes are whole pixels.
"""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.progress import each
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.data.record_image import copy_record, open_record
from auxnet_cli.system.files import write_bytes, write_text

_LAST_BEFORE_VOID = 254


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Write the data set below ``folder``.

    Raises:
        InputError: a file of the data set is missing or damaged.
        OSError: the disk refuses.
    """
    splits = {split: dataset.split(split) for split in SPLITS}
    records = [record for own in splits.values() for record in own]
    names = flat_names(records, audit)
    drawn = {record.id for record in records if any(one.rle for one in record.annotations)}
    if drawn:  # a good part's empty mask says that it is one
        drawn |= {record.id for record in records if not record.annotations}
    for record in each(records):
        name = Path(names[record.id])
        copy_record(record, folder / "JPEGImages" / name)
        root = _xml(record, str(name), dataset.classes, record.id in drawn)
        text = tostring(root, encoding="unicode") + "\n"
        write_text(folder / "Annotations" / f"{name.stem}.xml", text)
        if record.id in drawn:
            classes, objects = _draw(record, audit)
            for masks, pixels in (("SegmentationClass", classes), ("SegmentationObject", objects)):
                write_bytes(folder / masks / f"{name.stem}.png", _png(pixels))
    write_text(folder / "class_names.txt", "\n".join(["_background_", *dataset.classes]) + "\n")
    _write_labelmap(folder / "labelmap.txt", dataset.classes, audit)
    for split, own in splits.items():
        _list(folder / "ImageSets" / "Main" / f"{split}.txt", own, names)
        if drawn:
            shown = [record for record in own if record.id in drawn]
            _list(folder / "ImageSets" / "Segmentation" / f"{split}.txt", shown, names)


def _xml(record: Record, name: str, classes: tuple[str, ...], drawn: bool) -> Element:
    root = Element("annotation")
    depth = open_record(record).channels or 3
    SubElement(root, "folder").text = "JPEGImages"
    SubElement(root, "filename").text = name
    size = SubElement(root, "size")
    for tag, number in (("width", record.width), ("height", record.height), ("depth", depth)):
        SubElement(size, tag).text = str(number)
    SubElement(root, "segmented").text = str(int(drawn))
    for annotation in record.annotations:
        found = SubElement(root, "object")
        SubElement(found, "name").text = classes[annotation.label]
        for tag, value in (("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            SubElement(found, tag).text = value
        box = SubElement(found, "bndbox")
        x, y, width, height = annotation.box
        # VOC counts pixels from 1 and includes the last.
        corners = {
            "xmin": math.floor(x) + 1,
            "ymin": math.floor(y) + 1,
            "xmax": math.ceil(x + width),
            "ymax": math.ceil(y + height),
        }
        for tag, number in corners.items():
            SubElement(box, tag).text = str(number)
    indent(root)
    return root


def _draw(record: Record, audit: Audit) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The masks of classes and of objects, (height, width); objects count as in the XML, from 1."""
    classes = np.zeros((record.height, record.width), np.uint16)
    objects = np.zeros_like(classes)
    masks = [
        (decode(annotation.rle, record.height, record.width), annotation.label + 1, number)
        for number, annotation in enumerate(record.annotations, start=1)
        if annotation.rle is not None
    ]
    lost = 0
    for mask, label, number in sorted(masks, key=lambda found: -int(np.count_nonzero(found[0]))):
        lost += int(np.count_nonzero(classes[mask]))
        classes[mask], objects[mask] = label, number
    if lost:
        detail = f"{lost} pixels belong to several defects, but a mask's pixel has one number"
        audit.add("overlapping-masks", record.name, detail, "the smaller defect keeps them")
    bare = [one for one in record.annotations if one.rle is None]
    hidden = sum(_is_hidden(annotation, classes) for annotation in bare)
    if hidden:
        detail = f"{hidden} boxes without mask lie on masks of their class"
        audit.add("box-on-mask", record.name, detail, "in the XML, but reads as the masks' own")
    return classes, objects


def _is_hidden(annotation: Annotation, classes: NDArray[np.uint16]) -> bool:
    x, y, width, height = annotation.box
    inside = np.s_[math.floor(y) : math.ceil(y + height), math.floor(x) : math.ceil(x + width)]
    return bool((classes[inside] == annotation.label + 1).any())


def _png(pixels: NDArray[np.uint16]) -> bytes:
    """A PNG of 8 bits with VOC's palette where the numbers stay below 255, which is its void.

    With more numbers it has 16 bits and no palette, since PNG's palettes end there.
    """
    if pixels.max() > _LAST_BEFORE_VOID:
        return bytes(cv2.imencode(".png", pixels)[1])
    picture = Image.fromarray(pixels.astype(np.uint8))
    picture.putpalette([part for number in range(256) for part in voc_colour(number)])
    stream = io.BytesIO()
    picture.save(stream, "png")
    return stream.getvalue()


def voc_colour(number: int) -> tuple[int, int, int]:
    """Red, green and blue of a number, 0-255: its bits in turn, the lowest to the highest place.

    It is the colour map of the VOC development kit; each number below 2^24 has a colour of its own.
    """
    colour = [0, 0, 0]
    for bit in range(24):
        colour[bit % 3] |= (number >> bit & 1) << (7 - bit // 3)
    return colour[0], colour[1], colour[2]


def _write_labelmap(path: Path, classes: Sequence[str], audit: Audit) -> None:
    """A line a class, ``name:red,green,blue:parts:actions``; none where a name does not fit in."""
    for name in classes:
        if ":" in name or name.startswith("#") or name.lower() in ("background", "_background_"):
            detail = f"labelmap.txt cannot hold the class {name}"
            audit.add("name-unfit-for-labelmap", "", detail, "labelmap.txt left out")
            return
    lines = ["# label:color_rgb:parts:actions"]
    for number, name in enumerate(["background", *classes]):
        lines.append(f"{name}:{','.join(map(str, voc_colour(number)))}::")
    write_text(path, "\n".join(lines) + "\n")


def _list(path: Path, records: list[Record], names: dict[int, str]) -> None:
    write_text(path, "".join(f"{Path(names[record.id]).stem}\n" for record in records))
