"""The folder that a training writes: which it may take, and that it is its own meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auxnet_cli.errors import InputError
from auxnet_cli.locking import LockedError, lock
from auxnet_cli.training.record import HISTORY
from auxnet_cli.training.state import FILE, FOLDER
from auxnet_cli.workspace import new_run


def take(out: Path | None) -> Path:
    """The folder of a new training: ``out``, or ``runs/<date-time>``.

    What a training left that was stopped before it saved its first state is in nobody's way.

    Raises:
        InputError: ``out`` holds something else.
    """
    return out if out is not None and _only_begun(out) else new_run(out)


def _only_begun(run: Path) -> bool:
    learned = (run / FOLDER / FILE, run / HISTORY)
    return (run / FOLDER).is_dir() and not any(file.exists() for file in learned)


@contextmanager
def hold(run: Path) -> Iterator[None]:
    """Keep other processes from training the same run meanwhile.

    Raises:
        InputError: one does already.
    """
    path = run / FOLDER / "lock"
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
