"""Which part each image shows, as ``--group-by`` says: a CSV file, the folder, or an expression."""

import csv
import os
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from auxnet_cli.data.audit import Audit
from auxnet_cli.errors import InputError

FOLDER = "folder"

MAX_PATH = 512
"""Characters of a path that an expression is tried on. The time that an unlucky expression takes
grows steeply with the length of the text; longer paths are taken for parts of their own."""


class Photo(NamedTuple):
    """What grouping needs of an image: its path below the source, its name, its bytes' SHA-256."""

    file: str
    name: str
    sha256: str


PartOf = Callable[[Sequence[Photo], set[str], Audit], list[str | None]]
"""The part on each image, ``None`` where it is not known. Takes the images, the paths below the
source of those passed over, and the audit for what does not fit."""


def read_rule(text: str) -> PartOf:
    """Read ``--group-by``.

    - ``folder``: the folder that an image lies in is its part.
    - A file, or a name that ends in ``.csv``: a table as :func:`read_groups` takes it.
    - Else a regular expression, searched for in the path below the source (forward slashes): its
      first group, or the whole match where it has none, names the part.

    Raises:
        InputError: the file or the expression is wrong.
    """
    if text == FOLDER:
        return _by_folder
    if text.lower().endswith(".csv") or os.path.isfile(text):  # noqa: PTH113 - Path's may raise
        table = read_groups(Path(text))
        return lambda photos, skipped, audit: _by_table(table, photos, skipped, audit)
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            expression = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(
            f"--group-by '{text}' is neither `folder` nor a file here, and no regular expression: "
            f"{error}."
        ) from None
    return lambda photos, _, audit: _by_expression(expression, photos, audit)


def _by_folder(photos: Sequence[Photo], _: set[str], audit: Audit) -> list[str | None]:
    folders = [PurePosixPath(photo.file).parent.as_posix() for photo in photos]
    for photo, folder in zip(photos, folders, strict=True):
        if folder == ".":
            audit.add("image-without-group", photo.file, "in no folder of its own", "own group")
    return [None if folder == "." else folder for folder in folders]


def _by_expression(
    expression: re.Pattern[str], photos: Sequence[Photo], audit: Audit
) -> list[str | None]:
    parts: list[str | None] = []
    for photo in photos:
        found = expression.search(photo.file) if len(photo.file) <= MAX_PATH else None
        parts.append((found[min(1, expression.groups)] or None) if found else None)
        if parts[-1] is None:
            detail = f"the expression '{expression.pattern}' does not match its path"
            audit.add("image-without-group", photo.file, detail, "own group")
    if all(part is None for part in parts):
        raise InputError(
            f"--group-by '{expression.pattern}' is no file here and, as a regular expression, "
            f"names a part in none of the {len(photos)} paths, such as {photos[0].file}."
        )
    return parts


def _by_table(
    table: dict[str, str], photos: Sequence[Photo], skipped: set[str], audit: Audit
) -> list[str | None]:
    used = set(skipped)
    parts: list[str | None] = []
    for photo in photos:
        row = next((key for key in (photo.file, photo.name) if key in table), None)
        if row is None:
            audit.add("image-without-group", photo.file, "not in the group file", "own group")
            parts.append(None)
        else:
            used.add(row)
            parts.append(table[row])
    for row in sorted(table.keys() - used):
        audit.add(
            "group-without-image", row, "the group file names it, but there is none", "row skipped"
        )
    return parts


def read_groups(path: Path) -> dict[str, str]:
    """Read a group file: CSV with the columns ``file,group``.

    Returns:
        Group by file, a path below the source with forward slashes.

    Raises:
        InputError: it is missing, lacks a column or a value, or gives a file two groups.
    """
    groups: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            header = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = header
            if not {"file", "group"} <= set(header):
                given = ",".join(header)[:80] or "nothing"
                raise InputError(f"{path}, line 1: the columns must be file,group, not {given}.")
            for row in reader:
                file = (row["file"] or "").strip().replace("\\", "/").removeprefix("./")
                group = (row["group"] or "").strip()
                if not file or not group:
                    raise InputError(f"{path}, line {reader.line_num}: file or group is missing.")
                if groups.setdefault(file, group) != group:
                    raise InputError(
                        f"{path}, line {reader.line_num}: {file} is in group {group}, but an "
                        f"earlier line says {groups[file]}."
                    )
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"There is no group file {path}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is no CSV in UTF-8 ({error}).") from None
    return groups
