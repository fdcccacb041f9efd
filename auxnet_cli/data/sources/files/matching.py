"""Which annotation file belongs to which image: by path without suffix, then by stem alone."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.masks.pairing import below

Key = tuple[tuple[str, ...], str]
"""The folders below the source but for those that a layout adds, and the stem."""


def by_key(
    paths: Iterable[Path], root: Path, of_layout: Callable[[str], bool], audit: Audit
) -> dict[Key, Path]:
    """Files by key; of several with one key the first is taken, the others are named in the audit.

    Args:
        paths: files below the source, sorted.
        root: the source.
        of_layout: whether a folder's name belongs to the layout, as ``JPEGImages`` does.
        audit: takes the files that are passed over.
    """
    found: dict[Key, Path] = {}
    for path in paths:
        folders = path.relative_to(root).parts[:-1]
        key = tuple(name for name in folders if not of_layout(name)), path.stem
        if key in found:
            detail = f"{below(found[key], root)} has the same stem"
            audit.add("ambiguous-stem", below(path, root), detail, "skipped")
        else:
            found[key] = path
    return found


def match(images: Iterable[Key], files: dict[Key, Path]) -> dict[Key, Path]:
    """The file of each image, as far as there is one.

    Where no key is equal, a stem that only one image and only one file have joins them, whatever
    their folders and the case of their letters.
    """
    wanted = list(images)
    matched = {key: files[key] for key in wanted if key in files}
    lonely = {key: key[1].casefold() for key in wanted if key not in matched}
    left = {key: key[1].casefold() for key in files if key not in matched}
    often, offered = Counter(lonely.values()), Counter(left.values())
    by_stem = {stem: files[key] for key, stem in left.items() if offered[stem] == 1}
    for key, stem in lonely.items():
        if often[stem] == 1 and stem in by_stem:
            matched[key] = by_stem[stem]
    return matched


def files_below(root: Path, suffix: str, audit: Audit) -> list[Path]:
    """Every file of a suffix at any depth, sorted; what is hidden is left out.

    So are links that lead out of the source, which the audit names.
    """
    found = []
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.suffix.lower() != suffix or any(part.startswith(".") for part in inside.parts):
            continue
        if path.is_file() and is_usable(path, root, audit):
            found.append(path)
    return found


def common_folder(images: Iterable[Path], root: Path) -> Path:
    """The deepest folder, at or below the source, that holds every image."""
    folders = [path.parent for path in images]
    deepest = folders[0] if folders else root
    while any(not folder.is_relative_to(deepest) for folder in folders):
        deepest = deepest.parent
    return deepest
