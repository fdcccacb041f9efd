"""Names the classes of Pascal VOC's masks: from a file of names, a ``labelmap.txt``, or by number.

CVAT and Datumaro write ``labelmap.txt``: ``name:red,green,blue:parts:actions`` a line. With it the
masks may be in these colours.
"""

from dataclasses import dataclass, field
from pathlib import Path

from auxnet_cli.data.sources.files.source_folder import SourceFolder, read_text
from auxnet_cli.data.sources.masks.pixels import number_classes, read_names
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

BACKGROUND = ("background", "_background_")


@dataclass(frozen=True)
class MaskNames:
    """The meaning of the pixels of class masks.

    Attributes:
        names: class by number, without the background's.
        numbers: number by colour (red · 65536 + green · 256 + blue), for masks in colour.
        given: whether a file names the classes.
    """

    names: dict[int, str]
    numbers: dict[int, int] = field(default_factory=dict)
    given: bool = True


def read_mask_names(folder: SourceFolder, masks: list[Path]) -> MaskNames:
    """Returns the meaning of the pixels of class masks.

    Raises:
        InputError: a file that names the classes is wrong.
    """
    names = read_names(folder)
    if names is not None:
        return MaskNames(names)
    path = folder.first_file("labelmap.txt")
    return _read_labelmap(path) if path else MaskNames(number_classes(masks), given=False)


def _read_labelmap(path: Path) -> MaskNames:
    entries = [
        (number, line)
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    if not entries or entries[0][1].partition(":")[0].strip().lower() not in BACKGROUND:
        # The background is not listed, but has the number 0.
        entries.insert(0, (0, "background:0,0,0::"))
    names: list[str] = []
    seen: set[str] = set()
    numbers: dict[int, int] = {}
    for value, (line, entry) in enumerate(entries):
        name, colour = (*entry.split(":"), "")[:2]
        name = " ".join(name.split())
        parts = [part.strip() for part in colour.split(",")] if colour.strip() else []
        if not name.isprintable() or not name or name in seen:
            raise InputError(f"{path}, line {line}: {quoted(name)} is no name, or stands twice.")
        if parts and not (len(parts) == 3 and all(map(_is_byte, parts))):
            raise InputError(
                f"{path}, line {line}: {quoted(colour)} is no red,green,blue of 0-255."
            )
        if parts:
            red, green, blue = map(int, parts)
            if numbers.setdefault(red << 16 | green << 8 | blue, value) != value:
                raise InputError(f"{path}, line {line}: the colour {colour} has a class already.")
        names.append(name)
        seen.add(name)
    if len(names) < 2:
        raise InputError(f"{path} must name at least one class beside the background.")
    return MaskNames(dict(enumerate(names[1:], start=1)), numbers)


def _is_byte(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= 255
