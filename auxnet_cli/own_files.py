"""Knows which pictures auxnet itself wrote: they are never input."""

import json
from pathlib import Path

LINES, TABLE = "predictions.jsonl", "predictions.csv"
OVERLAYS, MASKS = "overlays", "masks"
"""What a prediction writes into its output folder."""

UNFINISHED = "unfinished"
"""The sub-folder of an output folder in which a prediction is made."""

LOCK = "lock"
COMPLETE = "complete.jsonl"
"""In ``unfinished``: the list of a prediction that is whole and being put into its place."""
EARLIER = "earlier.jsonl"
"""In ``unfinished``: the list of the earlier prediction, whose pictures are being removed."""

PARTS = frozenset({LOCK, COMPLETE, EARLIER, LINES, TABLE, OVERLAYS, MASKS})
"""All that ``unfinished`` can hold."""

# Charts, and the file beside them that shows that they are auxnet's.
_CHARTS = {"curves.png": "history.jsonl", "range_test.png": "range_test.json"}


def listed_pictures(lines: Path) -> set[str]:
    """The pictures that a list of predictions names, as paths below the output folder.

    Nothing but overlays and masks is ever named, whatever the list says; nothing at all by a list
    that is missing or cannot be read.
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
    parts = Path(name).parts
    return len(parts) == 2 and parts[0] in (OVERLAYS, MASKS) and parts[1] != ".."


def is_unfinished(folder: Path) -> bool:
    """Whether a folder is one in which predictions are made, or were when they stopped."""
    if folder.name != UNFINISHED:
        return False
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return False
    return LOCK in names and names <= PARTS


class WrittenPictures:
    """The pictures that auxnet wrote. A list of predictions is read once, when it is needed."""

    def __init__(self) -> None:
        self._listed: dict[Path, set[str]] = {}
        self._unfinished: dict[Path, bool] = {}

    def __contains__(self, path: Path) -> bool:
        """Whether auxnet wrote a picture; its path is absolute."""
        if path.name in _CHARTS:
            return (path.parent / _CHARTS[path.name]).is_file()
        kind, folder = path.parent.name, path.parent.parent
        if kind not in (OVERLAYS, MASKS):
            return False
        if folder not in self._listed:
            lists = (folder / LINES, folder / UNFINISHED / COMPLETE, folder / UNFINISHED / EARLIER)
            self._listed[folder] = set().union(*map(listed_pictures, lists))
            self._unfinished[folder] = is_unfinished(folder)
        return self._unfinished[folder] or f"{kind}/{path.name}" in self._listed[folder]
