"""Keeps the output folder of a prediction at any moment complete or visibly unfinished.

While images are inspected, everything is written into the sub-folder ``unfinished``, whose lists
name just the pictures beside them; an earlier prediction stays as it is. Once every image is done,
the new prediction takes its place, see :mod:`auxnet_cli.prediction.takeover`.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.prediction.line_file import LineFile
from auxnet_cli.prediction.takeover import clear, take_over
from auxnet_cli.prediction_files import COMPLETE, LINES, LOCK, UNFINISHED, is_unfinished
from auxnet_cli.system.locking import LockedError, lock


class Output:
    """An output folder that this process writes to, first into its sub-folder ``unfinished``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.unfinished = folder, folder / UNFINISHED
        self._held: int | None = None
        self._lists: list[LineFile] = []
        self._pictures: list[Path] = []  # of the image that is being written

    @classmethod
    @contextmanager
    def hold(cls, folder: Path) -> Iterator["Output"]:
        """Keeps other processes from writing to the folder.

        A prediction that was killed while it was moved to its place is moved there first. At the
        end ``unfinished`` is removed, unless it holds what is done of a prediction that stopped.

        Raises:
            InputError: another process writes there, or ``unfinished`` holds other things.
        """
        is_new = not folder.exists()
        output = cls(folder)
        output._held = output._lock()
        try:
            take_over(folder)
            yield output
        finally:
            output._stop()
            output._release()
            if is_new:
                with suppress(OSError):  # something was written
                    folder.rmdir()

    def start(self) -> None:
        """Removes what an earlier prediction left that was stopped."""
        clear(self.unfinished)

    def lines(self, name: str, head: str = "") -> LineFile:
        """Opens a new text file, which begins with ``head``."""
        self._lists.append(LineFile(self.unfinished / name, head))
        return self._lists[-1]

    def add_picture(self, name: str, content: bytes) -> None:
        """Writes a picture to a path below the output folder.

        Raises:
            AuxnetError: the folder has been removed.
            OSError: the disk refuses.
        """
        path = self.unfinished / name
        self._pictures.append(path)
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        except FileNotFoundError:
            self._check_in_place()
            raise

    def keep(self) -> None:
        """Commits what was written since the last call: one image is done.

        Raises:
            AuxnetError: the folder has been removed.
        """
        self._check_in_place()
        for lines in self._lists:
            lines.keep()
        self._pictures.clear()

    def publish(self) -> None:
        """Moves the complete prediction into the place of the earlier one."""
        self._stop()
        (self.unfinished / LINES).replace(self.unfinished / COMPLETE)
        take_over(self.folder)

    def discard(self) -> None:
        """Removes the prediction: nothing of it is worth keeping."""
        self._stop()
        if self._is_in_place():
            clear(self.unfinished)

    def _stop(self) -> None:
        """Undoes what was written of an image that is not done, and closes the lists."""
        for path in self._pictures if self._is_in_place() else ():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._pictures.clear()
        for lines in self._lists:
            with suppress(OSError):
                lines.go_back()
            lines.close()
        self._lists.clear()

    def _check_in_place(self) -> None:
        if not self._is_in_place():
            raise AuxnetError(
                f"{self.unfinished} was removed while predictions were written to it: predict "
                "again, and leave the folder alone meanwhile."
            )

    def _is_in_place(self) -> bool:
        """Returns whether ``unfinished`` is still the folder that was locked."""
        with suppress(FileNotFoundError):
            there = (self.unfinished / LOCK).stat()
            return self._held is None or os.path.samestat(os.fstat(self._held), there)
        return False

    def _lock(self) -> int | None:
        """Locks the folder; returns ``None`` where the disk knows no locks."""
        while True:
            self._check_unfinished()
            self.unfinished.mkdir(parents=True, exist_ok=True)
            try:
                return lock(self.unfinished / LOCK)
            except FileNotFoundError:
                continue  # the process that held it has just removed the folder
            except LockedError:
                if not (self.unfinished / LOCK).exists():
                    continue
                raise InputError(
                    f"Another prediction is being written to {self.folder}: wait for its end, or "
                    "name another folder with `out`."
                ) from None
            except PermissionError:  # somebody else's: it may be at work
                raise
            except OSError:
                return None

    def _check_unfinished(self) -> None:
        work = self.unfinished
        with suppress(FileNotFoundError):  # another process is removing it
            if work.is_dir() and (is_unfinished(work) or not any(work.iterdir())):
                return
            if work.exists() or work.is_symlink():
                raise InputError(
                    f"{work} holds something that is no prediction: rename it, or name another "
                    "folder with `out`."
                )

    def _release(self) -> None:
        held, in_place = self._held, self._is_in_place()
        if in_place and not any((self.unfinished / name).exists() for name in (LINES, COMPLETE)):
            with suppress(OSError):
                clear(self.unfinished)
            if held is not None and sys.platform == "win32":
                os.close(held)  # Windows removes no open file
                held = None
            with suppress(OSError):  # elsewhere it goes first, or another process might lock it
                (self.unfinished / LOCK).unlink(missing_ok=True)
            with suppress(OSError):  # another process has begun
                self.unfinished.rmdir()
        if held is not None:
            os.close(held)
