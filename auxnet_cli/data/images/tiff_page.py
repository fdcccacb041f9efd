"""Reads the directory of a TIFF file's first page, which EXIF blocks have as well.

TIFF 6.0, Adobe, 1992; BigTIFF, https://www.awaresystems.be/imaging/tiff/bigtiff.html. Pillow's
reader cannot be used: it copies the values of every tag, so that a file of 1 MB, whose tags all
point at the whole file, takes gigabytes of memory; and it does not read big-endian BigTIFF.
"""

import struct
from contextlib import suppress
from typing import NamedTuple

from PIL.ExifTags import Base as Tag

_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MOST_PAGES = 10_000
_MOST_ENTRIES = 65_535
_IN_PLANES = _LOWEST_FIRST = 2
# By type: bytes of a value, and struct's codes of the whole numbers, which alone are looked at.
_SIZES = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), 1)) | {16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 7: "B", 16: "Q"}


class _Values(NamedTuple):
    """Where the whole numbers of a tag stand: position, number and ``struct`` code of each."""

    position: int
    number: int
    code: str


class TiffPage:
    """The first page of a TIFF file.

    Attributes:
        content: the file's bytes.
        end: of the directory and of all its values.
        next_page: position of the second page's directory; 0 where there is none.

    Raises:
        ValueError: the file is no TIFF.
        struct.error, OverflowError: the file ends within the directory.
    """

    def __init__(self, content: bytes) -> None:
        if content[:4] not in _MAGICS:
            raise ValueError("it has no TIFF header")
        self.content = content
        self._order = "<" if content[:2] == b"II" else ">"
        big = b"+" in content[2:4]
        self._offset = struct.Struct(self._order + ("Q" if big else "I"))
        self._number = struct.Struct(self._order + ("Q" if big else "H"))
        self._entry = struct.Struct(self._order + ("HHQQ" if big else "HHII"))
        self._values: dict[int, _Values] = {}
        number, start = self._entries(self._read_offset(self._offset.size))
        end = start + number * self._entry.size
        if number > _MOST_ENTRIES or end > len(content):
            raise struct.error(f"a directory of {number} entries")
        self.end = end + self._offset.size
        self.next_page = self._read_offset(end) if self.end <= len(content) else 0
        for at in range(start, end, self._entry.size):
            self._read_entry(at)

    def __getitem__(self, tag: Tag) -> int:
        """The first value of a tag; raises ``KeyError`` where it is missing."""
        position, _, code = self._values[tag]
        value: int = struct.unpack_from(self._order + code, self.content, position)[0]
        return value

    def get(self, tag: Tag, default: int = 1) -> int:
        """Returns the first value of a tag; most tags have 1 as their default."""
        return self[tag] if tag in self._values else default

    def all(self, tag: Tag) -> tuple[int, ...]:
        """Returns all values of a tag; none where it is missing.

        Raises:
            struct.error: the file ends within them.
        """
        position, number, code = self._values.get(tag, _Values(0, 0, "B"))
        return struct.unpack_from(f"{self._order}{number}{code}", self.content, position)

    @property
    def orientation(self) -> int:
        """The code of the turn that makes the image upright, 1-8; 1 is none."""
        code = self.get(Tag.Orientation)
        return code if 1 <= code <= 8 else 1

    @property
    def planes(self) -> int:
        """Planes in which the samples of a pixel are stored; 1 where they stand together."""
        apart = self.get(Tag.PlanarConfiguration) == _IN_PLANES
        return self.get(Tag.SamplesPerPixel) if apart else 1

    @property
    def bits_reversed(self) -> bool:
        """Whether the first bit of a byte is its lowest."""
        return self.get(Tag.FillOrder) == _LOWEST_FIRST

    def changed(self, values: dict[Tag, int]) -> bytes:
        """Returns the file with other first values of tags that it has."""
        content = bytearray(self.content)
        for tag, value in values.items():
            position, _, code = self._values[tag]
            struct.pack_into(self._order + code, content, position, value)
        return bytes(content)

    def count_pages(self) -> int:
        """Counts the pages of the file; a chain that leads back to an earlier page ends there."""
        seen: set[int] = set()
        at = self.next_page
        with suppress(struct.error, OverflowError):  # a page beyond the end of the file is none
            while at and at not in seen and len(seen) < _MOST_PAGES:
                number, start = self._entries(at)
                following = self._read_offset(start + number * self._entry.size)
                seen.add(at)
                at = following
        return 1 + len(seen)

    def _entries(self, at: int) -> tuple[int, int]:
        """Returns how many entries a directory has, and where the first stands."""
        return self._number.unpack_from(self.content, at)[0], at + self._number.size

    def _read_offset(self, at: int) -> int:
        return int(self._offset.unpack_from(self.content, at)[0])

    def _read_entry(self, at: int) -> None:
        """Notes where the values of a tag stand: in the entry itself if they are short."""
        tag, kind, number, position = self._entry.unpack_from(self.content, at)
        size = number * _SIZES.get(kind, 1)
        if size > self._offset.size:
            self.end = max(self.end, position + size)
        else:
            position = at + self._entry.size - self._offset.size
        inside = number and position + _SIZES.get(kind, 1) <= len(self.content)
        if kind in _CODES and inside:
            self._values.setdefault(tag, _Values(position, number, _CODES[kind]))
