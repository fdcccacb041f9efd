"""Reads one Pascal VOC XML: the image's name and size, and its objects with their boxes.

The format is that of the VOC challenge's development kit (Everingham et al., "The Pascal Visual
Object Classes Challenge", 2010). ``defusedxml`` refuses files that declare entities or a document
type.
"""

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from auxnet_cli.system.values import parse_number, quoted, text

MAX_BYTES = 4 * 2**20
"""Larger files are refused unread: an object takes some 300 bytes."""


@dataclass(frozen=True)
class VocObject:
    """An object: its class, and left, top, right, bottom in pixels from the image's corner.

    VOC counts pixels from 1 and includes the last one: ``xmin`` 1 and ``xmax`` 3 reach from 0 to 3.
    """

    name: str
    corners: tuple[float, float, float, float]


@dataclass(frozen=True)
class VocXml:
    """The content of a file: the image's name or ``""``, (height, width), channels and objects.

    Size and depth are ``None`` where they are missing or 0, as some tools write.
    """

    filename: str
    size: tuple[int, int] | None
    depth: int | None
    objects: tuple[VocObject, ...]


def read_xml(path: Path) -> VocXml:
    """Returns the content of a file; poses and the flags truncated and difficult are ignored.

    Raises:
        ValueError: it is too large, no XML, declares entities, or lacks what a label needs.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MiB")
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except DefusedXmlException:
        raise ValueError("it declares a document type or entities, which is refused") from None
    except ParseError as error:
        raise ValueError(f"it is no XML ({error})") from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise ValueError(str(error)) from None
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from None
    if root.tag != "annotation":
        raise ValueError(f"its root is {quoted(root.tag)}, not 'annotation' as in Pascal VOC")
    size = root.find("size")
    height, width, depth = (
        None if size is None else _whole(size, name) for name in ("height", "width", "depth")
    )
    return VocXml(
        " ".join((root.findtext("filename") or "").split()),
        (height, width) if height and width else None,
        depth,
        tuple(_object(item, n) for n, item in enumerate(root.findall("object"), start=1)),
    )


def _object(element: Element, number: int) -> VocObject:
    what = f"object {number}"
    try:
        name = text(element.findtext("name"))
    except ValueError as error:
        raise ValueError(f"{what}, name: {error}") from None
    box = element.find("bndbox")
    if box is None:
        raise ValueError(f"{what} ({name}) has no bndbox")
    sides = []
    for side in ("xmin", "ymin", "xmax", "ymax"):
        try:
            sides.append(parse_number(box.findtext(side)))
        except ValueError as error:
            raise ValueError(f"{what} ({name}), {side}: {error}") from None
    left, top, right, bottom = sides
    return VocObject(name, (left - 1, top - 1, right, bottom))


def _whole(size: Element, name: str) -> int | None:
    given = (size.findtext(name) or "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise ValueError(f"size, {name}: {quoted(given)} is no number of pixels")
    return int(given) or None
