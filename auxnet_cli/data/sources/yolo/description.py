"""Reads a YOLO set's description: the names of its classes, and where its splits lie.

``data.yaml`` names the classes (a list, or a mapping from their numbers) and the folders, or lists
of files, of ``train``, ``val`` and ``test``. Older sets have ``classes.txt`` or ``obj.names``.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.sources.files.image_tree import split_named
from auxnet_cli.data.sources.files.source_folder import SourceFolder, read_text
from auxnet_cli.data.sources.yolo.labels import CLASS_NUMBER
from auxnet_cli.errors import InputError
from auxnet_cli.system.untrusted import read_yaml
from auxnet_cli.system.values import quoted, text

NAME_FILES = ("classes.txt", "obj.names", "labels/classes.txt")

_CONFIGS = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
_MAX_NAME_BYTES = 2**22
_MAX_LIST_BYTES = 2**26
_KEYS = {"train": "train", "val": "val", "valid": "val", "test": "test"}


@dataclass(frozen=True)
class YoloSet:
    """The description of a set.

    Attributes:
        names: class by number.
        splits: split by folder or file below the source.
    """

    names: dict[int, str]
    splits: dict[Path, str] = field(default_factory=dict)

    def split_of(self, image: Path, root: Path) -> str | None:
        """Returns the split of an image: from ``data.yaml``, or by the name of a folder."""
        for path in (image, *image.parents):
            if path in self.splits:
                return self.splits[path]
        named = map(split_named, image.relative_to(root).parts[:-1])
        return next((split for split in named if split), None)


def read_description(folder: SourceFolder) -> YoloSet:
    """Reads the first of the files that exists.

    A path that leads out of the source, or to nothing, is noted and not followed.

    Raises:
        InputError: there is no such file, or it is wrong.
    """
    config = folder.first_file(*_CONFIGS)
    if config is not None:
        # Every scalar stays text: a class may be called no, 1e3 or 2020-01-01.
        document = read_yaml(config, "list of classes", _MAX_NAME_BYTES, plain=True)
        if not isinstance(document, dict):
            raise InputError(
                f"{config} must hold names, train and val, as Ultralytics' data.yaml does."
            )
        names = _names(document.get("names"), config)
        declared = document.get("nc", str(len(names)))
        if not (_is_number(declared) and int(declared) == len(names)):
            raise InputError(
                f"{config}, nc: {quoted(declared)}, but names holds {len(names)}: one of them is "
                "wrong."
            )
        return YoloSet(names, _splits(document, config, folder))
    path = folder.first_file(*NAME_FILES)
    if path is None:
        raise InputError(
            f"{folder.root} holds neither data.yaml nor classes.txt: the labels number the "
            "classes, and one of these files must name them."
        )
    lines = _read(path, _MAX_NAME_BYTES)
    while lines and not lines[-1].strip():
        lines.pop()
    return YoloSet(_names(lines, path))


def _read(path: Path, largest: int) -> list[str]:
    if path.stat().st_size > largest:
        raise InputError(f"{path} is larger than {largest // 2**10} KiB: it is no such list.")
    return read_text(path).splitlines()


def _names(given: Any, path: Path) -> dict[int, str]:
    """Returns the classes of a list, or of a mapping from their numbers."""
    if isinstance(given, list):
        given = {str(number): name for number, name in enumerate(given)}
    if not isinstance(given, dict):
        raise InputError(f"{path}, names: there is no list of the classes.")
    wrong = next((key for key in given if not _is_number(key)), None)
    if wrong is not None:
        raise InputError(f"{path}, names: {quoted(wrong)} is no number of a class.")
    names: dict[int, str] = {}
    seen: set[str] = set()
    for number, value in {int(key): given[key] for key in sorted(given, key=int)}.items():
        try:
            name = text(value)
        except ValueError as error:
            raise InputError(f"{path}, name of class {number}: {error}.") from None
        if name in seen:
            raise InputError(f"{path}, name of class {number}: {quoted(name)} stands there twice.")
        names[number] = name
        seen.add(name)
    if not names:
        raise InputError(f"{path} names no class.")
    return names


def _splits(document: dict[str, Any], config: Path, folder: SourceFolder) -> dict[Path, str]:
    base = document.get("path")
    bases = [folder.root / base] if isinstance(base, str) and base else []
    home = os.path.realpath(folder.root)
    splits: dict[Path, str] = {}
    for key, split in _KEYS.items():
        given = document.get(key) or []
        for entry in given if isinstance(given, list) else [given]:
            path = _inside(entry, [*bases, folder.root], folder.root, home)
            if path is None:
                detail = f"{key}: {quoted(entry)} is nothing within the source"
                folder.add("split-without-image", config, detail, "not followed")
            elif path.is_dir() or is_image_name(path):
                splits.setdefault(path, split)
            else:
                for line in _read(path, _MAX_LIST_BYTES):
                    image = _inside(line.strip(), [path.parent, folder.root], folder.root, home)
                    if image is not None:
                        splits.setdefault(image, split)
    return splits


def _inside(entry: Any, bases: Sequence[Path], root: Path, home: str) -> Path | None:
    """Returns the path of an entry where it lies within the source.

    It may be relative to one of the bases. Exports often write ``../train/images`` for a folder
    that lies beside ``data.yaml``. ``home`` is the real path of the root.
    """
    if not isinstance(entry, str) or not entry or "\0" in entry:
        return None
    parts = PurePosixPath(entry.replace("\\", "/")).parts
    inner = [part for part in parts if part != ".."]
    # Lists may have 100,000 lines, and pathlib takes ten times as long.
    for path in (*(os.path.join(base, *parts) for base in bases), os.path.join(home, *inner)):  # noqa: PTH118
        if os.path.exists(path):  # noqa: PTH110
            resolved = os.path.realpath(path)
            if resolved == home or resolved.startswith(os.path.join(home, "")):  # noqa: PTH118
                return root / os.path.relpath(resolved, home)
    return None


def _is_number(given: Any) -> bool:
    return isinstance(given, str) and CLASS_NUMBER.fullmatch(given) is not None
