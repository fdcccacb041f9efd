"""Converts paths that Python users give as text or as path objects."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias, overload

StrPath: TypeAlias = str | os.PathLike[str]
"""A path in a public signature: ``"runs/a"`` or ``Path("runs/a")``.

A job converts it to ``Path`` in its first lines. Everything below takes ``Path`` only, so that mypy
finds a job that forgets to convert.
"""


@overload
def as_path(given: StrPath) -> Path: ...


@overload
def as_path(given: None) -> None: ...


def as_path(given: StrPath | None) -> Path | None:
    """Returns the path as a ``Path``; ``None`` stays ``None``."""
    return None if given is None else Path(given)


def as_paths(given: StrPath | Iterable[StrPath]) -> list[Path]:
    """Returns one path or several as a list."""
    if isinstance(given, str | os.PathLike):
        return [Path(given)]
    return [Path(path) for path in given]
