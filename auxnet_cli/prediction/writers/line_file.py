"""A text file that grows by whole pieces, such as lines, and can go back to an earlier length."""

from pathlib import Path


class LineFile:
    """A new UTF-8 file. What is appended is with the system at once, so that a kill loses nothing.

    Args:
        path: the file, which is made, or emptied.
        head: what it begins with.
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
        """Add a piece.

        Raises:
            OSError: the disk refuses; part of the piece may have been written.
        """
        rest = memoryview(text.encode())
        while rest:
            rest = rest[self._file.write(rest) :]

    def keep(self) -> None:
        """Take what was appended for good."""
        self._kept = self._file.tell()

    def go_back(self) -> None:
        """Undo what was appended since :meth:`keep`."""
        self._file.truncate(self._kept)
        self._file.seek(self._kept)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._file.close()
