"""Registers the formats of predictions, and knows which pictures auxnet wrote: never input."""

import json
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

LINES = "predictions.jsonl"

UNFINISHED = "unfinished"
"""The sub-folder of an output folder in which a prediction is made."""

LOCK = "lock"
COMPLETE = "complete.jsonl"
"""In ``unfinished``: the list of a whole prediction that is being moved to its place."""
EARLIER = "earlier.jsonl"
"""In ``unfinished``: the list of the earlier prediction, whose pictures are being removed."""

_WRITERS = "auxnet_cli.prediction.writers"

# Charts, and the file beside them that shows that they are auxnet's.
_CHARTS = {"curves.png": "history.jsonl", "range_test.png": "range_test.json"}


@dataclass(frozen=True)
class PredictionFormat:
    """A format of predictions: one module in ``prediction.writers``, one entry in ``FORMATS``.

    Attributes:
        name: as users say it.
        path: the file that it writes below the output folder, or with a slash at its end the
            folder of its files, one or more an image.
        writer: ``module:function``, a :class:`auxnet_cli.prediction.writers.Writer`.
        task: without which it has nothing to show; empty: any.
        optional: whether users choose it.
    """

    name: str
    path: str
    writer: str
    task: str = ""
    optional: bool = True

    @property
    def file(self) -> str:
        """The name of the file or folder."""
        return self.path.rstrip("/")

    @property
    def is_folder(self) -> bool:
        """Whether it writes files of each image into a folder."""
        return self.path.endswith("/")

    def load(self) -> Any:
        """Imports its writer."""
        return resolve_name(self.writer)


FORMATS = {
    entry.name: entry
    for entry in (
        PredictionFormat("overlay", "overlays/", f"{_WRITERS}.pictures:overlay_writer"),
        PredictionFormat("mask", "masks/", f"{_WRITERS}.pictures:mask_writer", task="seg"),
        PredictionFormat("csv", "predictions.csv", f"{_WRITERS}.csv_table:table_writer"),
        PredictionFormat("jsonl", LINES, f"{_WRITERS}.jsonl:lines_writer", optional=False),
    )
}
"""By name, in the order in which an image is written; ``jsonl`` lists the files of the others."""


def writing_order(names: set[str]) -> list[PredictionFormat]:
    """Returns these formats and the one that is always written, the list of the others last."""
    chosen = [entry for entry in FORMATS.values() if entry.name in names or not entry.optional]
    return sorted(chosen, key=lambda entry: not entry.optional)


def folders() -> list[str]:
    """Returns the sub-folders that a prediction may write."""
    return [entry.file for entry in FORMATS.values() if entry.is_folder]


def tables() -> list[str]:
    """Returns the files that a prediction may write beside its list."""
    return [entry.file for entry in FORMATS.values() if not entry.is_folder and entry.optional]


def parts() -> set[str]:
    """Returns all that ``unfinished`` can hold."""
    return {LOCK, COMPLETE, EARLIER, LINES, *folders(), *tables()}


def listed_pictures(lines: Path) -> set[str]:
    """Returns the pictures that a list of predictions names, as paths below the output folder.

    Only files in the folders of the formats are ever returned, whatever the list says; none for a
    list that is missing or cannot be read.
    """
    names: set[str] = set()
    try:
        with lines.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                names |= _pictures(line)
    except OSError:
        return set()
    return names


def _pictures(line: str) -> set[str]:
    try:
        files = json.loads(line).get("files") or {}
        names = {str(name) for made in files.values() for name in made}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return set()
    return {name for name in names if _is_picture(name)}


def _is_picture(name: str) -> bool:
    path = Path(name).parts
    return len(path) == 2 and path[0] in folders() and path[1] != ".."


def is_unfinished(folder: Path) -> bool:
    """Returns whether predictions are made in a folder, or were when they stopped."""
    if folder.name != UNFINISHED:
        return False
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return False
    return LOCK in names and names <= parts()


class WrittenPictures:
    """The pictures that auxnet wrote. A list of predictions is read once, when it is needed."""

    def __init__(self) -> None:
        self._listed: dict[Path, set[str]] = {}
        self._unfinished: dict[Path, bool] = {}

    def __contains__(self, path: Path) -> bool:
        """Returns whether auxnet wrote a picture; its path is absolute."""
        if path.name in _CHARTS:
            return (path.parent / _CHARTS[path.name]).is_file()
        kind, folder = path.parent.name, path.parent.parent
        if kind not in folders():
            return False
        if folder not in self._listed:
            lists = (folder / LINES, folder / UNFINISHED / COMPLETE, folder / UNFINISHED / EARLIER)
            self._listed[folder] = set().union(*map(listed_pictures, lists))
            self._unfinished[folder] = is_unfinished(folder)
        return self._unfinished[folder] or f"{kind}/{path.name}" in self._listed[folder]
