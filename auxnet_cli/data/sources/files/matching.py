"""Matches annotation files to images: by path without suffix, then by stem alone."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from auxnet_cli.data.sources.files.source_folder import SourceFolder

Key = tuple[str, ...]
"""The folders that tell files of one stem apart, then the stem."""


def key_of(path: Path, root: Path, is_layout: Callable[[str], bool] = lambda _: False) -> Key:
    """Returns the key of a file, relative to a root.

    Folders whose names belong to the layout, as ``JPEGImages`` does, are not part of the key.
    """
    folders = path.relative_to(root).parts[:-1]
    return (*(name for name in folders if not is_layout(name)), path.stem)


def by_key(
    paths: Iterable[Path],
    folder: SourceFolder,
    root: Path,
    is_layout: Callable[[str], bool] = lambda _: False,
) -> dict[Key, Path]:
    """Returns sorted files by key; where several have one key, the first, and notes the others."""
    files: dict[Key, Path] = {}
    for path in paths:
        key = key_of(path, root, is_layout)
        if key in files:
            detail = f"{files[key].relative_to(root).as_posix()} has the same stem"
            folder.add("ambiguous-stem", path, detail, "skipped")
        else:
            files[key] = path
    return files


def match(images: dict[Key, Path], files: dict[Key, Path]) -> dict[Path, Path]:
    """Returns the file of each image that has one.

    Where no key is equal, an image and a file are matched if no other image and no other file has
    their stem, whatever their folders and letter case.
    """
    matched = {path: files[key] for key, path in images.items() if key in files}
    lonely = {path: key[-1].casefold() for key, path in images.items() if key not in files}
    unused = {path: key[-1].casefold() for key, path in files.items() if key not in images}
    wanted, offered = Counter(lonely.values()), Counter(unused.values())
    by_stem = {stem: path for path, stem in unused.items() if offered[stem] == 1}
    for path, stem in lonely.items():
        if wanted[stem] == 1 and stem in by_stem:
            matched[path] = by_stem[stem]
    return matched


def pair_masks(
    paths: Iterable[Path], key: Callable[[Path], Key], is_mask: Callable[[Path], bool]
) -> list[tuple[list[Path], list[Path]]]:
    """Returns the images and the masks of each key, where one folder may hold both."""
    groups: dict[Key, tuple[list[Path], list[Path]]] = {}
    for path in paths:
        groups.setdefault(key(path), ([], []))[is_mask(path)].append(path)
    return list(groups.values())


def note_masks_without_image(masks: Iterable[Path], folder: SourceFolder) -> None:
    """Notes masks whose stem no image has."""
    for mask in masks:
        folder.add("mask-without-image", mask, "no image of this stem", "skipped")


def common_folder(images: Iterable[Path], root: Path) -> Path:
    """Returns the deepest folder, at or below the source, that holds every image."""
    folders = [path.parent for path in images]
    deepest = folders[0] if folders else root
    while any(not folder.is_relative_to(deepest) for folder in folders):
        deepest = deepest.parent
    return deepest
