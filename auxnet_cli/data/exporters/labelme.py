"""Writes LabelMe, version 5.2 or later: ``<split>/<image>`` with a ``.json`` of its stem beside it.

Masks are shapes of the type ``mask``, which holds them pixel by pixel; boxes without masks are
rectangles. A good part has a JSON without shapes. ``labels.txt`` names the classes in their order,
for ``labelme --labels labels.txt``.
"""

import base64
from pathlib import Path

import cv2
import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.exporters.images import with_progress
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_json, write_text

VERSION = "5.2.0"
"""The first version of LabelMe that knows masks."""


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``.

    LabelMe knows an image by its stem alone: of two that differ only in their suffix, the second
    gets another name, which the audit notes.
    """
    for split in SPLITS:
        taken: set[str] = set()
        for record in with_progress(dataset.split(split), split):
            name = _free_name(Path(record.name), taken)
            if name.as_posix() != record.name:
                detail = "another image of its folder has the same stem"
                audit.add("ambiguous-stem", record.name, detail, f"written as {name.as_posix()}")
            image = folder / split / name
            copy_record(record, image)
            document: dict[str, object] = {
                "version": VERSION,
                "flags": {},
                "shapes": [_shape(shape, record, dataset.classes) for shape in record.annotations],
                "imagePath": image.name,
                "imageData": None,
                "imageHeight": record.height,
                "imageWidth": record.width,
            }
            write_json(image.with_suffix(".json"), document)
    write_text(folder / "labels.txt", "".join(f"{name}\n" for name in dataset.classes))


def _free_name(name: Path, taken: set[str]) -> Path:
    """Spells the suffix, or a number, into the stem where the stem is taken."""
    free, number = name, 1
    while free.with_suffix("").as_posix().casefold() in taken:
        tail = f"_{name.suffix[1:]}" + (f"_{number}" if number > 1 else "")
        free, number = name.with_stem(name.stem + tail), number + 1
    taken.add(free.with_suffix("").as_posix().casefold())
    return free


def _shape(annotation: Annotation, record: Record, classes: tuple[str, ...]) -> dict[str, object]:
    kind, mask = "rectangle", None
    x, y, width, height = annotation.box
    points: list[list[float]] = [[x, y], [x + width, y + height]]
    if annotation.rle is not None:
        pixels = decode(annotation.rle, record.height, record.width).astype(np.uint8)
        left, top, wide, high = cv2.boundingRect(pixels)
        points = [[left, top], [left + wide - 1, top + high - 1]]
        png = cv2.imencode(".png", pixels[top : top + high, left : left + wide])[1].tobytes()
        kind, mask = "mask", base64.b64encode(png).decode("ascii")
    return {
        "label": classes[annotation.label],
        "group_id": None,
        "description": "",
        "flags": {},
        "points": points,
        "shape_type": kind,
        "mask": mask,
    }
