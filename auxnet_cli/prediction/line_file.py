"""Writes a text file that grows by whole lines, and can go back to an earlier length."""

from pathlib import Path


class LineFile:
    """A new UTF-8 file, which begins with ``head``.

    What is appended reaches the system at once: a kill loses nothing.
    """

    def __init__(self, path: Path, head: str = "") -> None:
        self._file = path.open("wb", buffering=0)
        self._kept = 0
        try:
            self.append(head)
        except BaseException:
            self.close()
            raise
        self.keep()

    def append(self, text: str) -> None:
        """Appends text.

        Raises:
            OSError: the disk refuses; part of the text may have been written.
        """
        rest = memoryview(text.encode())
        while rest:
            rest = rest[self._file.write(rest) :]

    def keep(self) -> None:
        """Commits what was appended."""
        self._kept = self._file.tell()

    def go_back(self) -> None:
        """Undoes what was appended since :meth:`keep`."""
        self._file.truncate(self._kept)
        self._file.seek(self._kept)

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        self._file.close()
