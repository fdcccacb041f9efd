"""Makes file names that every system takes, and that no two images share."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

# Names of devices on Windows, whatever the suffix.
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}
_LONGEST = 100


def sanitise(text: str) -> str:
    """Makes text part of a file name: letters, digits, dots and dashes, 100 bytes at most."""
    name = re.sub(r"[^\w.-]+", "_", text).encode()[:_LONGEST].decode(errors="ignore").strip("._")
    return f"_{name}" if not name or name.split(".")[0].lower() in _DEVICES else name


def unique_stems(paths: Sequence[Path]) -> list[str]:
    """Returns a file name without suffix for each path.

    It is the path's stem, behind its folder's name where stems repeat, and with a number where that
    repeats too. Names that differ only in case, or in how an accent is written, count as equal, as
    they do on Windows and macOS.
    """
    stems = [sanitise(path.stem) for path in paths]
    often = Counter(map(_key, stems))
    taken: set[str] = set()
    names = []
    for path, stem in zip(paths, stems, strict=True):
        name = stem
        if often[_key(stem)] > 1 and path.parent.name:
            name = sanitise(f"{path.parent.name[:40]}_{stem}")
        names.append(unique(name, taken))
    return names


def unique(name: str, taken: set[str]) -> str:
    """Returns the name, numbered if it is taken, and adds it to the taken ones."""
    free, number = name, 1
    while _key(free) in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(_key(free))
    return free


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
