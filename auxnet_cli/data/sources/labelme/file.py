"""One LabelMe JSON: the shapes drawn on one image.

Format: https://github.com/wkentaro/labelme, as its versions 3 to 5 write it.
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.data.sources.files.source_files import read_annotations
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import number, quoted, text


@dataclass(frozen=True)
class Shape:
    """One shape as the file has it.

    Attributes:
        place: which it is, such as ``shapes[3]``.
        label: the class.
        kind: polygon, rectangle, circle, line, linestrip, point or mask.
        points: coordinates, unchecked.
        mask: a PNG in base 64, unchecked; ``None`` but for masks.
        group: what shapes of one object share; ``None`` where the shape is an object by itself.
    """

    place: str
    label: str
    kind: str
    points: Any
    mask: Any
    group: str | None


@dataclass(frozen=True)
class LabelMeFile:
    """The content of a file.

    Attributes:
        image: the image's path, as the file has it; ``""`` where it has none.
        data: the image itself, in base 64; ``None`` where it is left out.
        height, width: pixels; ``None`` where the file does not say.
    """

    shapes: tuple[Shape, ...]
    image: str
    data: str | None
    height: int | None
    width: int | None


def read_labelme(path: Path) -> LabelMeFile | None:
    """Read a file; ``None`` where the JSON is of another kind.

    Raises:
        InputError: it is no JSON, or an entry lacks what it needs; names file and field.
    """
    document = read_annotations(path)
    if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
        return None
    place = ""
    try:
        shapes = []
        for index, entry in enumerate(document["shapes"]):
            place = f"shapes[{index}]"
            shapes.append(_shape(entry, place))
        place = "imageHeight, imageWidth"
        height, width = (_side(document.get(name)) for name in ("imageHeight", "imageWidth"))
    except ValueError as error:
        raise InputError(f"{path}, {place}: {error}; mend it in LabelMe.") from None
    image, data = document.get("imagePath"), document.get("imageData")
    return LabelMeFile(
        tuple(shapes),
        image if isinstance(image, str) else "",
        data if isinstance(data, str) and data else None,
        height,
        width,
    )


def decode_base64(value: Any) -> bytes:
    """Bytes of a text in base 64.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ValueError(f"{quoted(value)} is not in base 64")


def _shape(entry: Any, place: str) -> Shape:
    if not isinstance(entry, dict):
        raise ValueError(f"it is {quoted(entry)}, not an object with fields")
    kind = entry.get("shape_type") or "polygon"  # which old versions leave out
    if kind not in ("polygon", "rectangle", "circle", "line", "linestrip", "point", "mask"):
        raise ValueError(f"the shape_type {quoted(kind)} is not known")
    group = entry.get("group_id")
    return Shape(
        place,
        text(entry.get("label")),
        kind,
        entry.get("points"),
        entry.get("mask"),
        None if group is None else quoted(group),
    )


def _side(value: Any) -> int | None:
    if value is None:
        return None
    found = number(value)
    if found < 1 or found != int(found):
        raise ValueError(f"{quoted(value)} is no number of pixels")
    return int(found)
