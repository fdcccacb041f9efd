"""Lists the files of a source and notes findings about them."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.sources.source import Canvas, Labels, SourceImage
from auxnet_cli.documents.dataset_card import MAX_BYTES
from auxnet_cli.errors import InputError
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction_files import WrittenPictures
from auxnet_cli.system.containment import check_inside, leads_out
from auxnet_cli.system.untrusted import read_json

GOOD = frozenset({"free", "good", "ok", "negative"})
"""Folders of good parts, in lower case."""

_MASK_FOLDER = re.compile(r"mask|segm|label|annot|truth|^gt$|^index(ed)?$", re.IGNORECASE)


class SourceFolder:
    """The folder of a source.

    Links that lead out of it are not followed, and names that are not UTF-8 are not read.
    """

    def __init__(self, root: Path, audit: Audit) -> None:
        self.root = root
        self.audit = audit

    @classmethod
    def open(cls, folder: Path | None, kind: str, audit: Audit) -> Self:
        """Opens the folder of a request for a format.

        Raises:
            InputError: no folder was given, or it does not exist.
        """
        if folder is None:
            raise InputError(f"Name the folder to read: `auxnet prepare {kind} FOLDER`.")
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}: name the one that holds the source.")
        return cls(folder, audit)

    def add(self, kind: str, path: Path, detail: str, action: str) -> None:
        """Notes a finding about a file."""
        self.audit.add(kind, self.below(path), detail, action)

    def below(self, path: Path) -> str:
        """Returns a path below the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def parents(self, path: Path) -> tuple[str, ...]:
        """Returns the names of the folders between the root and a file."""
        return path.relative_to(self.root).parts[:-1]

    def is_usable(self, path: Path) -> bool:
        """Returns whether a file or folder may be read, and notes why not."""
        name, kind = self.below(path), "folder" if path.is_dir() else "file"
        shown = plain(name)
        if shown != name:
            detail = f"the {kind}'s name is no UTF-8"
            self.audit.add("unreadable-name", shown, detail, f"{kind} skipped")
            return False
        if leads_out(path, self.root):
            detail = f"it is a link to a {kind} outside the source"
            self.audit.add("link-out-of-source", name, detail, f"{kind} skipped; copy it instead")
            return False
        return True

    def images(self, folder: Path | None = None) -> Iterator[Path]:
        """Yields the usable images at any depth below a folder, by default the root; sorted."""
        return filter(self.is_usable, images_below(folder or self.root))

    def files(self, *suffixes: str) -> Iterator[Path]:
        """Yields the usable files with one of the suffixes, given in lower case; sorted.

        Hidden files, and files in hidden folders, are left out.
        """
        for path in sorted(self.root.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(self.root).parts)
            if path.suffix.lower() not in suffixes or hidden or not path.is_file():
                continue
            if self.is_usable(path):
                yield path

    def first_file(self, *names: str) -> Path | None:
        """Returns the first of the named files that exists directly below the root.

        Raises:
            InputError: it is a link out of the source.
        """
        path = next((self.root / name for name in names if (self.root / name).is_file()), None)
        if path is not None:
            check_inside(path, self.root)
        return path

    def image(
        self,
        path: Path,
        labels: Callable[[Canvas], Labels],
        name: str | None = None,
        split: str | None = None,
        content: bytes | None = None,
    ) -> SourceImage:
        """Returns an image of the source; it is named after its path unless a name is given."""
        file, audit = self.below(path), self.audit

        def read_labels(height: int, width: int) -> Labels:
            return labels(Canvas(file, height, width, audit))

        return SourceImage(name or file, file, content or path, read_labels, split)


def images_below(folder: Path) -> list[Path]:
    """Returns every file at any depth whose name is an image's, sorted.

    Hidden files and pictures that auxnet itself wrote are left out. A link that leads nowhere
    counts as a file that cannot be read.
    """
    written, root = WrittenPictures(), Path(os.path.abspath(folder))  # noqa: PTH100 - keeps links
    return sorted(
        path
        for path in folder.rglob("*")
        if is_image_name(path)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
        and root / path.relative_to(folder) not in written
    )


def named_like_masks(folder: str) -> bool:
    """Returns whether a folder's name suggests that it holds masks."""
    return _MASK_FOLDER.search(folder) is not None


def read_annotations(path: Path) -> Any:
    """Returns the content of a JSON file of annotations; it may hold NaN and infinite numbers.

    Raises:
        InputError: the file is missing, too large, or no JSON that is safe to parse.
    """
    return read_json(path, "annotation file", MAX_BYTES, finite=False)


def read_text(path: Path, advice: str = "") -> str:
    """Returns the text of a UTF-8 file, without a byte-order mark.

    Raises:
        InputError: it is not UTF-8; ``advice`` continues the sentence.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text{advice}.") from None
