"""What the classes of a YOLO set are called, and where its splits lie.

``data.yaml`` names the classes (a list, or a mapping from their numbers) and the folders, or lists
of files, of ``train``, ``val`` and ``test``. Older sets have ``classes.txt`` or ``obj.names``.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.sources.files.image_tree import split_named
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.untrusted import read_yaml
from auxnet_cli.system.values import quoted, text

CONFIGS = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
NAME_FILES = ("classes.txt", "obj.names", "labels/classes.txt")

_LARGEST_NAMES = 2**22
_LARGEST_LIST = 2**26
_KEYS = {"train": "train", "val": "val", "valid": "val", "test": "test"}
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class YoloSet:
    """What a set says of itself.

    Attributes:
        names: class by number.
        folders: split by folder or file below the source.
    """

    names: dict[int, str]
    folders: dict[Path, str]

    def split_of(self, image: Path, root: Path) -> str | None:
        """The split of an image: as ``data.yaml`` says, or by the name of a folder."""
        for place in (image, *image.parents):
            if place in self.folders:
                return self.folders[place]
        named = map(split_named, image.relative_to(root).parts[:-1])
        return next((split for split in named if split), None)


def read_set(root: Path, audit: Audit) -> YoloSet:
    """Read the first of the files that is there.

    A path that leads out of the source, or to nothing, is not followed: the audit names it.

    Raises:
        InputError: there is none, or it is wrong.
    """
    config = next((root / name for name in CONFIGS if (root / name).is_file()), None)
    if config is not None:
        check_inside(config, root)
        document = _load(config)
        return YoloSet(_names(document, config), _folders(document, config, root, audit))
    listed = next((root / name for name in NAME_FILES if (root / name).is_file()), None)
    if listed is None:
        raise InputError(
            f"{root} holds neither data.yaml nor classes.txt: the labels number the classes, and "
            "one of these files must name them."
        )
    check_inside(listed, root)
    lines = _read(listed, _LARGEST_NAMES).splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    return YoloSet(_checked(dict(enumerate(lines)), listed), {})


def _load(path: Path) -> dict[str, Any]:
    # Every scalar as the text that stands there: a class may be called no, 1e3 or 2020-01-01.
    document = read_yaml(path, "list of classes", _LARGEST_NAMES, plain=True)
    if not isinstance(document, dict):
        raise InputError(f"{path} must hold names, train and val, as Ultralytics' data.yaml does.")
    return document


def _read(path: Path, largest: int) -> str:
    try:
        if path.stat().st_size > largest:
            raise InputError(f"{path} is larger than {largest // 2**10} KiB: it is no such list.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text.") from None


def _names(document: dict[str, Any], path: Path) -> dict[int, str]:
    names = document.get("names")
    if isinstance(names, list):
        numbered: dict[int, Any] = dict(enumerate(names))
    elif isinstance(names, dict):
        bad = next((key for key in names if not _is_number(key)), None)
        if bad is not None:
            raise InputError(f"{path}, names: {quoted(bad)} is no number of a class.")
        numbered = {
            int(key): name for key, name in sorted(names.items(), key=lambda two: int(two[0]))
        }
    else:
        raise InputError(f"{path}, names: there is no list of the classes.")
    found = _checked(numbered, path)
    declared = document.get("nc", str(len(found)))
    if not (_is_number(declared) and int(declared) == len(found)):
        raise InputError(
            f"{path}, nc: {quoted(declared)}, but names holds {len(found)}: one of them is wrong."
        )
    return found


def _checked(names: dict[int, Any], path: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    seen: set[str] = set()
    for number, given in names.items():
        try:
            name = text(given)
        except ValueError as error:
            raise InputError(f"{path}, name of class {number}: {error}.") from None
        if name in seen:
            raise InputError(f"{path}, name of class {number}: {quoted(name)} stands there twice.")
        found[number] = name
        seen.add(name)
    if not found:
        raise InputError(f"{path} names no class.")
    return found


def _folders(document: dict[str, Any], config: Path, root: Path, audit: Audit) -> dict[Path, str]:
    base = document.get("path")
    starts = [root / base] if isinstance(base, str) and base else []
    home = os.path.realpath(root)
    folders: dict[Path, str] = {}
    for key, split in _KEYS.items():
        given = document.get(key) or []
        for entry in given if isinstance(given, list) else [given]:
            place = _inside(entry, [*starts, root], root, home)
            if place is None:
                detail = f"{key}: {quoted(entry)} is nothing within the source"
                audit.add("split-without-image", config.name, detail, "not followed")
            elif place.is_dir() or is_image_name(place):
                folders.setdefault(place, split)
            else:
                for line in _read(place, _LARGEST_LIST).splitlines():
                    image = _inside(line.strip(), [place.parent, root], root, home)
                    if image is not None:
                        folders.setdefault(image, split)
    return folders


def _inside(entry: Any, starts: Sequence[Path], root: Path, home: str) -> Path | None:
    """The path of an entry, where it lies within the source, whose real path is ``home``.

    Exports often say ``../train/images`` for a folder that lies beside ``data.yaml``.
    """
    if not isinstance(entry, str) or not entry or "\0" in entry:
        return None
    parts = PurePosixPath(entry.replace("\\", "/")).parts
    bare = [part for part in parts if part != ".."]
    for place in (*(os.path.join(start, *parts) for start in starts), os.path.join(home, *bare)):  # noqa: PTH118
        # Lists may have 100,000 lines, and pathlib takes ten times as long.
        if os.path.exists(place):  # noqa: PTH110
            resolved = os.path.realpath(place)
            if resolved == home or resolved.startswith(os.path.join(home, "")):  # noqa: PTH118
                return root / os.path.relpath(resolved, home)
    return None


def _is_number(given: Any) -> bool:
    return isinstance(given, str) and _NUMBER.fullmatch(given) is not None
