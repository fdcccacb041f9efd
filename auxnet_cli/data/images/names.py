"""Gives images names that stay apart, and can be opened, on every disk."""

import hashlib
import unicodedata
from pathlib import PurePosixPath

from auxnet_cli.data.audit import Audit

LONGEST = 200
"""Bytes of a name below the data set: Windows opens paths of 260 characters with all in front."""

_KEPT = 60
_PLAIN = str.maketrans("\\:", "__")


class ImageNames:
    """The names given so far.

    ``A.png`` and ``a.png`` are a single file on Windows and macOS, and so are the two ways to
    write an accent in Unicode. The first of such names is kept, and the others get a number. Names
    that are too long are cut and get a few digits. A backslash or colon, which on Windows stands
    for a folder or a drive, becomes a low line.
    """

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def give(self, name: str, file: str, audit: Audit) -> str:
        """Returns the name of the next image, changed and noted in the audit where it must be.

        ``name`` is the path below the data set's ``images/``, ``file`` the path below the source.
        """
        plain = name.translate(_PLAIN)
        wanted = PurePosixPath(plain)
        size = len(name.encode())
        if size > LONGEST:
            digits = hashlib.sha256(name.encode()).hexdigest()[:8]
            stem = wanted.stem.encode()[:_KEPT].decode(errors="ignore")
            wanted = PurePosixPath(f"{stem}-{digits}{wanted.suffix}")
        given, number = wanted.as_posix(), 2
        while _key(given) in self._taken:
            given = wanted.with_name(f"{wanted.stem}~{number}{wanted.suffix}").as_posix()
            number += 1
        action = f"called {given} in the data set"
        if size > LONGEST:
            audit.add("long-name", file, f"its path has {size} bytes", action)
        elif plain != name:
            detail = "its name has a backslash or a colon, which leads elsewhere on Windows"
            audit.add("name-like-a-path", file, detail, action)
        elif number > 2:
            detail = f"on some disks {self._taken[_key(name)]} is the same name"
            audit.add("names-differ-in-case", file, detail, action)
        self._taken[_key(given)] = given
        return given


def _key(name: str) -> str:
    """Returns the same for names that are a single file on some disk."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
