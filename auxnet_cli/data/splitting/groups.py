"""Which images belong together: the photos of one part, exact duplicates, near-duplicates."""

from collections.abc import Iterable, Sequence

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.splitting.grouping_rules import Photo


def group_images(
    photos: Sequence[Photo],
    parts: Sequence[str | None],
    audit: Audit,
    alike: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """The group of each image, as the position of its first member.

    An image whose part is not known is a group of its own. Exact duplicates join their groups,
    since one in train and one in test would be the same question twice; so do near-duplicates.

    Args:
        photos: the images.
        parts: the part that each shows, ``None`` where it is not known.
        audit: takes duplicates.
        alike: near-duplicates, pairs of positions.
    """
    first_of: dict[tuple[str, str], int] = {}
    pairs = list(alike)
    for place, (photo, part) in enumerate(zip(photos, parts, strict=True)):
        keys = [("sha256", photo.sha256)]
        if keys[0] in first_of:
            twin = photos[first_of[keys[0]]].file
            audit.add(
                "duplicate-image", photo.file, f"the same file as {twin}", "kept, in one split"
            )
        if part is not None:
            keys.append(("part", part))
        pairs += [(first_of.setdefault(key, place), place) for key in keys]
    _note_alike(photos, parts, alike, audit)
    return connected(len(photos), pairs)


def connected(number: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The first member of each position's group, where the two of a pair share one."""
    leader = list(range(number))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for pair in pairs:
        one, other = map(find, pair)
        leader[max(one, other)] = min(one, other)
    return [find(place) for place in range(number)]


def _note_alike(
    photos: Sequence[Photo],
    parts: Sequence[str | None],
    alike: Sequence[tuple[int, int]],
    audit: Audit,
) -> None:
    """One finding an image: what it looks like, of another part if there is such a pair."""
    told: dict[int, int] = {}

    def differ(one: int, other: int) -> bool:
        return None not in (parts[one], parts[other]) and parts[one] != parts[other]

    for first, second in alike:
        if photos[first].sha256 != photos[second].sha256:
            known = told.setdefault(second, first)
            if differ(first, second) and not differ(known, second):
                told[second] = first
    for second, first in sorted(told.items()):
        detail = f"looks like {photos[first].file}"
        if differ(first, second):
            detail += f", though that is of part {parts[first]} and this of {parts[second]}"
        audit.add("near-duplicate", photos[second].file, detail, "kept, in one split")
