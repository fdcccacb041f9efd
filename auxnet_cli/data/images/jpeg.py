"""Reads JPEG strictly: what libjpeg only warns of is an error here."""

import re
import struct
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from auxnet_cli.data.images.image_file import DAMAGED, ImageFile, list_parts

_TABLES, _START_OF_SCAN, _END_OF_IMAGE, _APP1, _APP2 = 0xC4, 0xDA, 0xD9, 0xE1, 0xE2
# C4, C8 and CC are other things.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = (0xC2, 0xC6)
_ARITHMETIC = frozenset(range(0xC9, 0xD0)) - {0xCC}
_STANDS_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FILL = re.compile(rb"\xff+")
# Within coded pixels FF is followed by 00 or by a restart marker.
_END_OF_SCAN = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
_EXIF, _PICTURE_INDEX = b"Exif\0\0", b"MPF\0"
_DC, _AC = 0, 1
# A failing disk returns zeros in place of sectors of 512 bytes or more.
_SECTOR = bytes(256)
# Symbols of the AC tables that end a block; in progressive files, that end many blocks.
_END_OF_BLOCK = frozenset(range(0, 0xF0, 0x10))
# A progressive JPEG of a few kilobytes can ask for millions of pixels to be gone over a thousand
# times. Cameras and programs write a dozen scans; this is 20 of the largest image that is taken.
_MOST_WORK = 4_000_000_000

Segment = tuple[int, int]
"""Marker, and the position of the length that follows it."""


class JpegFile(ImageFile):
    """A JPEG file."""

    kind = "JPEG"
    suffixes = (".jpg", ".jpeg")
    signature = re.compile(rb"\xff\xd8")

    @property
    def channels(self) -> int:
        """Samples of a pixel."""
        return self._frame[3]

    def end(self) -> int:
        """Follows the scans, and checks that they are few and hold no lost sectors.

        A camera that appends previews writes an index of them: then the file may hold anything.
        """
        content, segments = self.content, self._segments
        height, width, marker, scans = self.height, self.width, 0, 0
        first_symbols: dict[tuple[int, int], int] = {}
        while segments[-1][0] == _START_OF_SCAN:
            for segment, at in segments:
                if segment == _TABLES:
                    first_symbols |= _first_symbols(content, at)
                elif segment in _FRAMES:
                    marker = segment
                    height, width = struct.unpack_from(">HH", content, at + 3)
            scan = segments[-1][1]
            match = _END_OF_SCAN.search(content, scan + _length(content, scan))
            if match is None:
                raise IndexError
            end = match.start()
            scans += 1
            if scans * height * width > _MOST_WORK:
                raise ValueError(
                    f"going over {width} x {height} pixels {scans} times takes too long"
                )
            zeros = content.find(_SECTOR, scan, end) >= 0
            if zeros and not _zeros_are_flat(content, scan, marker, first_symbols):
                raise ValueError("it is damaged: a sector of zeros stands in place of pixels")
            segments = list_parts(_walk(content, end))
        if not scans:
            raise ValueError("it is damaged: a JPEG without pixels")
        lists_pictures = next(self._blocks(_APP2, _PICTURE_INDEX), None) is not None
        return len(content) if lists_pictures else segments[-1][1]

    def decode(self, colour: bool) -> NDArray[np.uint8]:
        """Decodes in colour, or as stored; CMYK becomes RGB."""
        return decode_jpeg(self.content, grey=not colour and self.channels == 1)

    def _read_size(self) -> tuple[int, int]:
        bits, height, width, _ = self._frame
        if bits != 8:
            raise ValueError(f"it is a JPEG of {bits} bits, but 8 are read")
        return height, width

    def _exif(self) -> bytes:
        return next(self._blocks(_APP1, _EXIF), b"")

    def _blocks(self, marker: int, name: bytes) -> Iterator[bytes]:
        """Returns what the segments of a marker hold that start with a name."""
        for segment, at in self._segments:
            if segment == marker and self.content.startswith(name, at + 2):
                yield self.content[at + 2 : at + _length(self.content, at)]

    @cached_property
    def _segments(self) -> list[Segment]:
        """The segments up to the first scan."""
        return list_parts(_walk(self.content, 2))

    @cached_property
    def _frame(self) -> tuple[int, int, int, int]:
        """Bits of a sample, height, width and channels."""
        starts = [at for marker, at in self._segments if marker in _FRAMES]
        if not starts:
            raise ValueError("it is damaged: a JPEG without a frame")
        bits, height, width, channels = struct.unpack_from(">BHHB", self.content, starts[0] + 2)
        return bits, height, width, channels


def decode_jpeg(content: bytes, grey: bool) -> NDArray[np.uint8]:
    """Decodes as (height, width, 3) RGB, or as (height, width) grey.

    Raises:
        ValueError: libjpeg-turbo finds anything wrong with the file.
    """
    pixels: NDArray[np.uint8]
    try:
        pixels = simplejpeg.decode_jpeg(content, "GRAY" if grey else "RGB", strict=True)
    except ValueError as error:
        raise ValueError(f"{DAMAGED} ({error})") from None
    return pixels[..., 0] if grey else pixels


def _walk(content: bytes, at: int) -> Iterator[Segment]:
    """Goes from segment to segment, up to the start of a scan or to the end of the image.

    Raises:
        ValueError: something else stands where a marker must.
        IndexError, struct.error: the file is cut off.
    """
    while True:
        fill = _FILL.match(content, at)
        if fill is None:
            if at >= len(content):
                raise IndexError
            raise ValueError("it is damaged: no JPEG marker where one must stand")
        marker, at = content[fill.end()], fill.end() + 1
        yield marker, at
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        if marker not in _STANDS_ALONE:
            at += max(2, _length(content, at))


def _length(content: bytes, at: int) -> int:
    """Returns the length of a segment, in bytes, from the position where it stands."""
    length: int = struct.unpack_from(">H", content, at)[0]
    return length


def _first_symbols(content: bytes, at: int) -> dict[tuple[int, int], int]:
    """Returns the first symbol of each Huffman table in a segment, by kind and number.

    Its code is all zeros.
    """
    end = at + _length(content, at)
    symbols: dict[tuple[int, int], int] = {}
    at += 2
    while at + 17 < end:
        kind, number = content[at] >> 4, content[at] & 15
        symbols[kind, number] = content[at + 17]
        at += 17 + sum(content[at + 1 : at + 17])
    return symbols


def _zeros_are_flat(
    content: bytes, at: int, frame: int, first_symbols: dict[tuple[int, int], int]
) -> bool:
    """Returns whether zeros in a scan are a flat surface, not a pattern repeated in each block."""
    if frame in _ARITHMETIC:
        return True
    components = content[at + 2]
    tables = [content[at + 4 + 2 * component] for component in range(components)]
    start, _, shifts = content[at + 3 + 2 * components : at + 6 + 2 * components]
    refines = shifts >> 4 > 0
    flat_dc = start > 0 or refines
    flat_dc = flat_dc or all(first_symbols.get((_DC, table >> 4)) == 0 for table in tables)
    flat_ac = frame in _PROGRESSIVE and start == 0
    flat_ac = flat_ac or all(
        first_symbols.get((_AC, table & 15)) in _END_OF_BLOCK for table in tables
    )
    return flat_dc and flat_ac
