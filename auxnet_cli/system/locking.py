"""Locks files; the system releases a lock when its process ends, even if it is killed."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class LockedError(Exception):
    """Another process, or another part of this one, holds the lock."""


def lock(path: Path) -> int:
    """Locks a file, and creates it if it is missing.

    Returns:
        An open descriptor; closing it releases the lock.

    Raises:
        LockedError: the lock is held, or the file was removed in the meantime.
        OSError: the file cannot be opened, or its disk has no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor)
        # The previous holder may have removed the file; then this lock excludes nobody.
        if not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise FileNotFoundError(path)
    except (BlockingIOError, PermissionError, FileNotFoundError):
        os.close(descriptor)
        raise LockedError(path) from None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


if sys.platform == "win32":

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
