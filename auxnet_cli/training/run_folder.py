"""The folder that a training writes: which it may take, and that it is its own meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auxnet_cli.errors import InputError
from auxnet_cli.system.locking import LockedError, lock
from auxnet_cli.training.state import FOLDER
from auxnet_cli.workspace import new_run

LOCK = f"{FOLDER}/lock"
BEGUN = {LOCK, "config.yaml", "environment.json"}
"""What a training writes before its first state."""


def take(out: Path | None) -> Path:
    """The folder of a new training: ``out``, or ``runs/<date-time>``.

    What a training left that was stopped before it saved its first state is in nobody's way.

    Raises:
        InputError: ``out`` holds something else.
    """
    return out if out is not None and _only_begun(out) else new_run(out)


def _only_begun(run: Path) -> bool:
    """Whether a training began here, and nothing else lies here than that."""
    if not (run / FOLDER).is_dir():
        return False
    files = (path for path in run.rglob("*") if not path.is_dir())
    return all(path.relative_to(run).as_posix() in BEGUN or _is_temporary(path) for path in files)


def _is_temporary(path: Path) -> bool:
    """Whether :func:`auxnet_cli.system.files.whole_file` left it when the power failed."""
    return path.name.startswith(".")


@contextmanager
def hold(run: Path) -> Iterator[None]:
    """Keep other processes from training the same run meanwhile.

    Raises:
        InputError: one does already.
    """
    path = run / LOCK
    path.parent.mkdir(exist_ok=True)
    try:
        held = lock(path)
    except LockedError:
        raise InputError(f"{run} is being trained by another process.") from None
    except OSError:
        yield  # the disk knows no locks
        return
    try:
        yield
    finally:
        os.close(held)
        path.unlink(missing_ok=True)
