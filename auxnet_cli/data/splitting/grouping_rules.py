"""Reads ``--group-by``, which says what part an image shows: by CSV file, folder or expression."""

import csv
import os
import re
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.errors import InputError

FOLDER = "folder"

MAX_PATH = 512
"""Characters of a path that an expression is tried on: the time that some expressions take grows
steeply with the length of the text. An image with a longer path is a group of its own."""

GroupingRule = Callable[[Sequence[Entry], set[str], Audit], list[str | None]]
"""Returns the part on each image, ``None`` if it is not known. Takes the images, the paths below
the source of skipped images, and the audit for what does not fit."""


def read_rule(text: str) -> GroupingRule:
    """Reads ``--group-by``.

    - ``folder``: the folder of an image is its part.
    - A file, or a name that ends in ``.csv``: a table for :func:`read_groups`.
    - Otherwise a regular expression, searched for in the path below the source (forward slashes):
      its first group, or the whole match if it has no group, names the part.

    Raises:
        InputError: the file or the expression is wrong.
    """
    if text == FOLDER:
        return _by_folder
    if text.lower().endswith(".csv") or os.path.isfile(text):  # noqa: PTH113 - Path's may raise
        return partial(_by_table, read_groups(Path(text)))
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            expression = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(
            f"--group-by '{text}' is neither `folder` nor a file here, and no regular expression: "
            f"{error}."
        ) from None
    return partial(_by_expression, expression)


def _note_missing(
    parts: list[str | None], entries: Sequence[Entry], reason: str, audit: Audit
) -> list[str | None]:
    """Returns the part on each image; the audit names images without one, for a reason."""
    for entry, part in zip(entries, parts, strict=True):
        if part is None:
            audit.add("image-without-group", entry.file, reason, "own group")
    return parts


def _by_folder(entries: Sequence[Entry], _: set[str], audit: Audit) -> list[str | None]:
    folders = [entry.file.rpartition("/")[0] or None for entry in entries]
    return _note_missing(folders, entries, "in no folder of its own", audit)


def _by_expression(
    expression: re.Pattern[str], entries: Sequence[Entry], _: set[str], audit: Audit
) -> list[str | None]:
    matches = [expression.search(e.file) if len(e.file) <= MAX_PATH else None for e in entries]
    parts = [(match[min(1, expression.groups)] or None) if match else None for match in matches]
    reason = f"the expression '{expression.pattern}' does not match its path"
    _note_missing(parts, entries, reason, audit)
    if all(part is None for part in parts):
        raise InputError(
            f"--group-by '{expression.pattern}' is no file here and, as a regular expression, "
            f"names a part in none of the {len(entries)} paths, such as {entries[0].file}."
        )
    return parts


def _by_table(
    table: dict[str, str], entries: Sequence[Entry], skipped: set[str], audit: Audit
) -> list[str | None]:
    rows = [entry.file if entry.file in table else entry.name for entry in entries]
    parts = _note_missing([table.get(row) for row in rows], entries, "not in the group file", audit)
    for row in sorted(table.keys() - skipped.union(rows)):
        detail = "the group file names it, but there is none"
        audit.add("group-without-image", row, detail, "row skipped")
    return parts


def read_groups(path: Path) -> dict[str, str]:
    """Returns the group of each file of a group file: CSV with the columns ``file,group``.

    A file is a path below the source, with forward slashes.

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
