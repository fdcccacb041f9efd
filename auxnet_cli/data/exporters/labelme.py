"""LabelMe, version 5.2 or later: ``<split>/<image>`` and beside it ``<split>/<image's stem>.json``.

Masks are shapes of the type ``mask``, which holds them pixel by pixel; boxes without masks are
rectangles. A good part has a JSON without shapes. ``labels.txt`` names the classes in their order:
``labelme --labels labels.txt``.
"""

import base64
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.exporters.progress import each
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_json, write_text

VERSION = "5.2.0"
"""The first version of LabelMe that knows masks."""


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Write the data set below ``folder``.

    LabelMe knows an image by its stem alone: of two that differ only in their suffix, the second is
    given another name, which the audit says.

    Raises:
        InputError: a file of the data set is missing or damaged.
        OSError: the disk refuses.
    """
    for split in SPLITS:
        taken: set[str] = set()
        for record in each(dataset.split(split), split):
            name = _free_name(Path(record.name), taken)
            if name.as_posix() != record.name:
                detail = "another image of its folder has the same stem"
                audit.add("ambiguous-stem", record.name, detail, f"written as {name.as_posix()}")
            image = folder / split / name
            copy_record(record, image)
            write_json(image.with_suffix(".json"), _document(record, image.name, dataset.classes))
    write_text(folder / "labels.txt", "".join(f"{name}\n" for name in dataset.classes))


def _free_name(name: Path, taken: set[str]) -> Path:
    """The name, with its suffix spelled into the stem, or a number, where the stem is taken."""
    free, number = name, 1
    while free.with_suffix("").as_posix().casefold() in taken:
        tail = f"_{name.suffix[1:]}" + (f"_{number}" if number > 1 else "")
        free, number = name.with_stem(name.stem + tail), number + 1
    taken.add(free.with_suffix("").as_posix().casefold())
    return free


def _document(record: Record, image: str, classes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": [_shape(annotation, record, classes) for annotation in record.annotations],
        "imagePath": image,
        "imageData": None,
        "imageHeight": record.height,
        "imageWidth": record.width,
    }


def _shape(annotation: Annotation, record: Record, classes: tuple[str, ...]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "label": classes[annotation.label],
        "group_id": None,
        "description": "",
        "flags": {},
    }
    if annotation.rle is None:
        x, y, width, height = annotation.box
        return shape | {
            "points": [[x, y], [x + width, y + height]],
            "shape_type": "rectangle",
            "mask": None,
        }
    mask = decode(annotation.rle, record.height, record.width)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = (int(side) for side in (*rows[[0, -1]], *columns[[0, -1]]))
    part = mask[top : bottom + 1, left : right + 1].astype(np.uint8)
    png = cv2.imencode(".png", part)[1].tobytes()
    return shape | {
        "points": [[left, top], [right, bottom]],
        "shape_type": "mask",
        "mask": base64.b64encode(png).decode("ascii"),
    }
