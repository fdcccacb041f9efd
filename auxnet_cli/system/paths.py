"""Paths as Python users give them: as text, or as anything that names a file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias, overload

StrPath: TypeAlias = str | os.PathLike[str]
"""A path in a signature that users call: ``"runs/a"`` as well as ``Path("runs/a")``.

A job turns it into a ``Path`` in its first lines. What it calls takes ``Path`` alone, so that mypy
finds the job that forgets.
"""


@overload
def as_path(given: StrPath) -> Path: ...


@overload
def as_path(given: None) -> None: ...


def as_path(given: StrPath | None) -> Path | None:
    """The path that is meant; ``None`` stays."""
    return None if given is None else Path(given)


def as_paths(given: StrPath | Iterable[StrPath]) -> list[Path]:
    """The paths that are meant, of one or of several."""
    if isinstance(given, str | os.PathLike):
        return [Path(given)]
    return [Path(path) for path in given]
