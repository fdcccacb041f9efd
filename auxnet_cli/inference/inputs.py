"""Turns folders, files and patterns into the list of image files that they name."""

import glob
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from auxnet_cli.data.images.formats import IMAGE_SUFFIXES, UNREAD_SUFFIXES, is_image_name
from auxnet_cli.errors import InputError
from auxnet_cli.inference.likely_masks import mask_cautions
from auxnet_cli.prediction_files import WrittenPictures, is_unfinished


class Inputs:
    """What inputs name, searched one after the other.

    Attributes:
        paths: the image files, and the folders that cannot be read; each once, in a repeatable
            order.
        unreadable: why a folder cannot be read, by its path.
    """

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.unreadable: dict[Path, str] = {}
        # Of each image, the parts of its path below the folder that was given.
        self._below: dict[Path, tuple[str, ...]] = {}
        self._written = WrittenPictures()
        self._seen: set[str] = set()
        self._walked: list[Path] = []  # real paths of the folders
        self._links: list[Path] = []  # to folders
        self._unread: list[Path] = []  # images, by their names, in formats that are not read

    @cached_property
    def cautions(self) -> list[str]:
        """Sentences about what may not be meant as it was taken."""
        return [*self._unread_cautions(), *self._link_cautions(), *mask_cautions(self._below)]

    def add(self, name: str | Path) -> None:
        """Takes what one input names."""
        path = Path(name)
        if path.is_dir():
            paths, base = list(self._walk(path)), path
            if not paths:
                endings = ", ".join(sorted(IMAGE_SUFFIXES))
                raise InputError(f"{path} holds no image (files ending in {endings}).")
        elif os.path.lexists(path):  # also a link that leads nowhere
            paths, base = [path], path.parent
        else:
            paths, base = self._match(str(name)), _fixed_part(path)
        for image in paths:
            self._take(image, base)

    def _unread_cautions(self) -> list[str]:
        """Says that a folder holds images in formats that are not read."""
        if not self._unread:
            return []
        endings = ", ".join(sorted({path.suffix.lower() for path in self._unread}))
        return [
            f"Not inspected: {len(self._unread)} files ending in {endings}, such as "
            f"{self._unread[0]}. Save them as PNG, or name them one by one if they are JPEGs."
        ]

    def _link_cautions(self) -> list[str]:
        """Says that links to folders were not followed, unless they lead to what is inspected."""
        lost = [link for link in self._links if not self._is_walked(Path(os.path.realpath(link)))]
        if not lost:
            return []
        more = f", nor into {len(lost) - 1} more," if len(lost) > 1 else ""
        return [
            f"{lost[0]} is a link to a folder and was not looked into{more}: name it as well to "
            "inspect what it leads to."
        ]

    def _is_walked(self, folder: Path) -> bool:
        return any(folder.is_relative_to(walked) for walked in self._walked)

    def _take(self, path: Path, base: Path) -> None:
        """Takes an image, unless auxnet wrote it or it was taken already."""
        # Links to one file are one image, but links that lead nowhere are each an error. Unlike
        # Path's, these functions raise nothing where links run in a circle or a folder is closed.
        is_there = os.path.exists(path)  # noqa: PTH110
        real = os.path.realpath(path) if is_there else os.path.abspath(path)  # noqa: PTH100
        if real in self._seen or Path(real) in self._written:
            return
        self._seen.add(real)
        self.paths.append(path)
        if path not in self.unreadable:
            self._below[path] = path.relative_to(base).parts

    def _match(self, pattern: str) -> list[Path]:
        """Returns the images that a pattern matches, and those in the folders that it matches."""
        if not glob.has_magic(pattern):
            raise InputError(f"There is no file or folder {pattern}.")
        matches = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
        images = [match for match in matches if not match.is_dir() and is_image_name(match)]
        for folder in matches:
            # With `**` the folder's images are matches themselves.
            if folder.is_dir() and "**" not in pattern:
                images += self._walk(folder)
        if not images:
            raise InputError(f"No image matches {pattern}.")
        return images

    def _walk(self, folder: Path) -> Iterator[Path]:
        """Yields the images below a folder, and the folders that cannot be read."""
        self._walked.append(Path(os.path.realpath(folder)))
        refused: list[OSError] = []
        for root, folders, files in os.walk(folder, onerror=refused.append):
            inner = [name for name in sorted(folders) if name[0] != "."]
            paths = [Path(root, name) for name in inner]
            self._links += [path for path in paths if os.path.islink(path)]  # noqa: PTH114
            folders[:] = [name for name in inner if not is_unfinished(Path(root, name))]
            for path in (Path(root, name) for name in sorted(files)):
                if is_image_name(path):
                    yield path
                elif path.suffix.lower() in UNREAD_SUFFIXES and path.name[0] != ".":
                    self._unread.append(path)
        for error in refused:
            path = Path(error.filename)
            self.unreadable[path] = f"The folder {path} cannot be read: {error.strerror}."
            yield path


def _fixed_part(pattern: Path) -> Path:
    """Returns the folder that all matches of a pattern lie in."""
    return Path(*takewhile(lambda part: not glob.has_magic(part), pattern.parts))


def read_inputs(inputs: Sequence[str | Path]) -> Inputs:
    """Finds the images that ``inputs`` name, and what to say about them.

    A folder stands for the images in it and in its sub-folders, except hidden ones. A file is taken
    whatever its name ends with. A pattern such as ``strips/*.png`` or ``**/*.jpg`` may come
    unexpanded, as on Windows. What auxnet wrote itself is left out, however it is named.

    Raises:
        InputError: an input does not exist, a pattern matches nothing, or an input holds no image.
    """
    if not inputs:
        raise InputError("Name at least one folder, image or pattern to predict.")
    images = Inputs()
    for name in inputs:
        images.add(name)
    if not images.paths:
        raise InputError(
            f"{inputs[0]} holds no image but what auxnet wrote itself: name the photographs."
        )
    return images
