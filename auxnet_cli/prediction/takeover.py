"""Puts a finished prediction into the place of the earlier one.

The steps can be cut off anywhere, and taken up again by another process. A list of predictions
stands in the output folder only while its pictures do: the earlier list goes first, the new list
comes last.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from auxnet_cli.own_files import (
    COMPLETE,
    EARLIER,
    LINES,
    MASKS,
    OVERLAYS,
    TABLE,
    UNFINISHED,
    listed_pictures,
)


def take_over(folder: Path) -> None:
    """Move a prediction from ``unfinished`` into its output folder, where it is complete.

    Files that neither it nor the earlier prediction lists are left alone.

    Args:
        folder: the output folder. Where its ``unfinished`` holds no complete prediction, nothing
            is done.
    """
    work = folder / UNFINISHED
    if not (work / COMPLETE).exists():
        return
    if (folder / LINES).exists():
        (folder / LINES).replace(work / EARLIER)
    if (work / EARLIER).exists():
        _remove_earlier(folder, work / EARLIER)
    for kind in (OVERLAYS, MASKS):
        if (work / kind).is_dir():
            (folder / kind).mkdir(exist_ok=True)
            for picture in sorted((work / kind).iterdir()):
                picture.replace(folder / kind / picture.name)
    if (work / TABLE).exists():
        (work / TABLE).replace(folder / TABLE)
    (work / COMPLETE).replace(folder / LINES)


def _remove_earlier(folder: Path, earlier: Path) -> None:
    (folder / TABLE).unlink(missing_ok=True)
    for name in listed_pictures(earlier):
        (folder / name).unlink(missing_ok=True)
    for kind in (OVERLAYS, MASKS):
        with suppress(OSError):  # it is missing, or holds somebody's files
            (folder / kind).rmdir()
    earlier.unlink()


def clear(work: Path) -> None:
    """Remove what a prediction left in ``unfinished`` that was stopped; its lists first."""
    for name in (LINES, TABLE, COMPLETE, EARLIER):
        (work / name).unlink(missing_ok=True)
    for kind in (OVERLAYS, MASKS):
        if (work / kind).exists():
            shutil.rmtree(work / kind)
