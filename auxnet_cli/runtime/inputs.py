"""Which images are meant: folders, files and patterns to a list of image files."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from auxnet_cli.data.images import IMAGE_SUFFIXES, is_image_name
from auxnet_cli.errors import InputError
from auxnet_cli.reports.writers import LINES
from auxnet_cli.reports.writers.pictures import MASKS, OVERLAYS


def find_images(inputs: Sequence[str | Path]) -> list[Path]:
    """The image files that ``inputs`` name, each once, in a repeatable order.

    A folder stands for the images in it and in its sub-folders, except hidden ones and the pictures
    of an earlier prediction. A file is taken whatever its name ends with. A pattern such as
    ``strips/*.png`` or ``**/*.jpg`` may come unexpanded, as on Windows.

    Raises:
        InputError: an input does not exist, a pattern matches nothing, or a folder holds no image.
    """
    if not inputs:
        raise InputError("Name at least one folder, image or pattern to predict.")
    found: dict[Path, Path] = {}
    for given in inputs:
        for path in _expand(given):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _expand(given: str | Path) -> list[Path]:
    path = Path(given)
    if path.is_dir():
        images = list(_walk(path))
        if not images:
            endings = ", ".join(sorted(IMAGE_SUFFIXES))
            raise InputError(f"{path} holds no image (files ending in {endings}).")
        return images
    if path.exists():
        return [path]
    if not glob.has_magic(str(given)):
        raise InputError(f"There is no file or folder {path}.")
    matches = [Path(name) for name in sorted(glob.glob(str(given), recursive=True))]  # noqa: PTH207
    images = [match for match in matches if match.is_file() and is_image_name(match)]
    for folder in matches:
        # With `**` the folder's images are matches themselves.
        if folder.is_dir() and "**" not in str(given):
            images += _walk(folder)
    if not images:
        raise InputError(f"No image matches {given}.")
    return images


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        own = {OVERLAYS, MASKS} if LINES in files else set()
        folders[:] = sorted(name for name in folders if name not in own and name[0] != ".")
        yield from (Path(root, name) for name in sorted(files) if is_image_name(Path(name)))
