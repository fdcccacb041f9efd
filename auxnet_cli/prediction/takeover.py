"""Puts a finished prediction into the place of the earlier one.

The steps can be cut off anywhere, and taken up again by another process. A list of predictions
stands in the output folder only while its pictures do: the earlier list goes first, the new list
comes last.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from auxnet_cli.prediction_files import (
    COMPLETE,
    EARLIER,
    LINES,
    UNFINISHED,
    folders,
    listed_pictures,
    tables,
)


def take_over(folder: Path) -> None:
    """Moves a prediction from ``unfinished`` into its output folder, if it is complete there.

    Files that neither it nor the earlier prediction lists are left alone.
    """
    work = folder / UNFINISHED
    if not (work / COMPLETE).exists():
        return
    if (folder / LINES).exists():
        (folder / LINES).replace(work / EARLIER)
    if (work / EARLIER).exists():
        _remove_earlier(folder, work / EARLIER)
    for kind in folders():
        if (work / kind).is_dir():
            (folder / kind).mkdir(exist_ok=True)
            for picture in sorted((work / kind).iterdir()):
                picture.replace(folder / kind / picture.name)
    for name in tables():
        if (work / name).exists():
            (work / name).replace(folder / name)
    (work / COMPLETE).replace(folder / LINES)


def _remove_earlier(folder: Path, earlier: Path) -> None:
    for name in (*tables(), *listed_pictures(earlier)):
        (folder / name).unlink(missing_ok=True)
    for kind in folders():
        with suppress(OSError):  # it is missing, or holds somebody's files
            (folder / kind).rmdir()
    earlier.unlink()


def clear(work: Path) -> None:
    """Removes what a stopped prediction left in ``unfinished``; its lists first."""
    for name in (LINES, *tables(), COMPLETE, EARLIER):
        (work / name).unlink(missing_ok=True)
    for kind in folders():
        if (work / kind).exists():
            shutil.rmtree(work / kind)
