"""Which images belong together: the photos of one part, and exact duplicates."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from auxnet_cli.data.audit import Audit
from auxnet_cli.errors import InputError


class Photo(NamedTuple):
    """What grouping needs of an image: its path below the source, its name, its bytes' SHA-256."""

    file: str
    name: str
    sha256: str


def group_images(
    photos: Sequence[Photo], table: dict[str, str] | None, skipped: set[str], audit: Audit
) -> list[int]:
    """The group of each image, as the position of its first member.

    An image that the table does not name is a group of its own. Exact duplicates join their groups,
    since one in train and one in test would be the same question twice.

    Args:
        photos: the images.
        table: group by file, as :func:`read_groups` gives it; ``None`` where no file was given. An
            image is found by its path below the source, or by its name.
        skipped: paths below the source of images that are there but were passed over.
        audit: takes unlisted images, rows without an image, and duplicates.
    """
    first_of: dict[str, int] = {}
    leader = list(range(len(photos)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    used: set[str] = set()
    for place, photo in enumerate(photos):
        keys = [f"sha256 {photo.sha256}"]
        if keys[0] in first_of:
            twin = photos[first_of[keys[0]]].file
            audit.add(
                "duplicate-image", photo.file, f"the same file as {twin}", "kept, in one split"
            )
        if table is not None:
            row = next((key for key in (photo.file, photo.name) if key in table), None)
            if row is None:
                audit.add("image-without-group", photo.file, "not in the group file", "own group")
            else:
                used.add(row)
                keys.append(f"group {table[row]}")
        for key in keys:
            one, other = find(first_of.setdefault(key, place)), find(place)
            leader[max(one, other)] = min(one, other)
    for row in sorted((table or {}).keys() - used - skipped):
        audit.add(
            "group-without-image", row, "the group file names it, but there is none", "row skipped"
        )
    return [find(place) for place in range(len(photos))]


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
