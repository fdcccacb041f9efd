"""Groups images that belong together: photos of one part, exact duplicates, near-duplicates."""

from collections.abc import Iterable, Sequence

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry


def group_images(
    entries: Sequence[Entry],
    parts: Sequence[str | None],
    audit: Audit,
    alike: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """Groups images that show the same part or are alike, so that no two splits hold the same.

    Takes the part that each image shows, ``None`` if it is not known, and pairs of indices of
    near-duplicates. Returns the group of each image, as the index of the group's first image.
    """
    first_of: dict[tuple[str, str], int] = {}
    pairs = list(alike)
    for index, (entry, part) in enumerate(zip(entries, parts, strict=True)):
        keys = [("sha256", entry.sha256)]
        if keys[0] in first_of:
            twin = entries[first_of[keys[0]]].file
            audit.add(
                "duplicate-image", entry.file, f"the same file as {twin}", "kept, in one split"
            )
        if part is not None:
            keys.append(("part", part))
        pairs += [(first_of.setdefault(key, index), index) for key in keys]
    _note_alike(entries, parts, alike, audit)
    return connected(len(entries), pairs)


def connected(number: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Returns the first member of each index's group, where pairs of indices share a group."""
    leader = list(range(number))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for pair in pairs:
        first, second = sorted(map(find, pair))
        leader[second] = first
    return [find(index) for index in range(number)]


def _note_alike(
    entries: Sequence[Entry],
    parts: Sequence[str | None],
    alike: Sequence[tuple[int, int]],
    audit: Audit,
) -> None:
    """Adds one finding an image: what it looks like, preferably an image of another part."""
    resembled: dict[int, int] = {}

    def differ(first: int, second: int) -> bool:
        return None not in (parts[first], parts[second]) and parts[first] != parts[second]

    for first, second in alike:
        if entries[first].sha256 != entries[second].sha256:
            known = resembled.setdefault(second, first)
            if differ(first, second) and not differ(known, second):
                resembled[second] = first
    for second, first in sorted(resembled.items()):
        detail = f"looks like {entries[first].file}"
        if differ(first, second):
            detail += f", though that is of part {parts[first]} and this of {parts[second]}"
        audit.add("near-duplicate", entries[second].file, detail, "kept, in one split")
