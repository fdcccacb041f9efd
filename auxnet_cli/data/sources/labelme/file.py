"""Reads one LabelMe JSON: the shapes drawn on one image.

Format: https://github.com/wkentaro/labelme, as its versions 3 to 5 write it.
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.data.sources.files.source_folder import read_annotations
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import number, quoted, text

_KINDS = ("polygon", "rectangle", "circle", "line", "linestrip", "point", "mask")


@dataclass(frozen=True)
class Shape:
    """One shape, its coordinates unchecked.

    Attributes:
        position: such as ``shapes[3]``.
        kind: one of ``_KINDS``.
        mask: a PNG in base 64; ``None`` for other kinds.
        group: shared by the shapes of one object; ``None`` where the shape is an object by itself.
    """

    position: str
    label: str
    kind: str
    points: Any
    mask: Any
    group: str | None


@dataclass(frozen=True)
class LabelMeFile:
    """The content of a file.

    Attributes:
        image: the image's path, or ``""``.
        data: the image itself in base 64.
        height, width: pixels.
    """

    shapes: tuple[Shape, ...]
    image: str
    data: str | None
    height: int | None
    width: int | None


def read_labelme(path: Path) -> LabelMeFile | None:
    """Returns the content of a file; ``None`` where the JSON is of another kind.

    Raises:
        InputError: it is no JSON, or an entry lacks a required field; names file and field.
    """
    document = read_annotations(path)
    if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
        return None
    position = ""
    try:
        shapes = []
        for index, entry in enumerate(document["shapes"]):
            position = f"shapes[{index}]"
            shapes.append(_shape(entry, position))
        position = "imageHeight, imageWidth"
        height, width = (_side(document.get(name)) for name in ("imageHeight", "imageWidth"))
    except ValueError as error:
        raise InputError(f"{path}, {position}: {error}; mend it in LabelMe.") from None
    image, data = document.get("imagePath"), document.get("imageData")
    image = image if isinstance(image, str) else ""
    data = data if isinstance(data, str) and data else None
    return LabelMeFile(tuple(shapes), image, data, height, width)


def decode_base64(value: Any) -> bytes:
    """Returns the bytes of a text in base 64.

    Raises:
        ValueError: it is not in base 64.
    """
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ValueError(f"{quoted(value)} is not in base 64")


def _shape(entry: Any, position: str) -> Shape:
    if not isinstance(entry, dict):
        raise ValueError(f"it is {quoted(entry)}, not an object with fields")
    kind = entry.get("shape_type") or "polygon"  # old versions leave it out
    if kind not in _KINDS:
        raise ValueError(f"the shape_type {quoted(kind)} is not known")
    group = entry.get("group_id")
    group = None if group is None else quoted(group)
    label = text(entry.get("label"))
    return Shape(position, label, kind, entry.get("points"), entry.get("mask"), group)


def _side(value: Any) -> int | None:
    if value is None:
        return None
    side = number(value)
    if side < 1 or side != int(side):
        raise ValueError(f"{quoted(value)} is no number of pixels")
    return int(side)
