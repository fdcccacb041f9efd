"""The parts that image files are made of: PNG's chunks, JPEG's segments, WebP's chunks."""

import re
import struct
from typing import TypeVar

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# Start-of-frame markers; C4, C8 and CC are other things.
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_STANDS_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FILL = re.compile(rb"\xff+")
# Within coded pixels FF is followed by 00 or by a restart mark.
_END_OF_SCAN = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
# No writer makes more: a file of millions of empty parts would take minutes to walk.
_MOST = 500_000

_Part = TypeVar("_Part")

Part = tuple[bytes, int, int]
"""Kind, start and end in the file, where a part that is cut off ends behind the file."""


def png_chunks(content: bytes) -> list[Part]:
    """The chunks of a PNG up to its end mark, each with its length, kind and check sum.

    Raises:
        ValueError: absurdly many.
    """
    chunks: list[Part] = []
    at = len(PNG)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        _add(chunks, (kind, at, at + 12 + length))
        at += 12 + length
        if kind == b"IEND":
            break
    return chunks


def webp_chunks(content: bytes) -> list[Part]:
    """The chunks of a WebP file: start and end of what they hold.

    Raises:
        ValueError: absurdly many.
    """
    chunks: list[Part] = []
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        _add(chunks, (kind, at + 8, at + 8 + length))
        at += 8 + length + length % 2
    return chunks


def jpeg_segments(content: bytes, at: int = len(JPEG)) -> list[tuple[int, int]]:
    """(marker, position of its length field) of each segment of a JPEG up to its next scan.

    Args:
        content: of the file.
        at: where to begin: behind the start mark, or behind a scan.

    Returns:
        The segments; the last is the start of a scan, or the image's end mark.

    Raises:
        ValueError: something else stands where a marker must, or there are absurdly many.
        IndexError, struct.error: the file ends before.
    """
    segments: list[tuple[int, int]] = []
    while True:
        fill = _FILL.match(content, at)
        if fill is None:
            if at >= len(content):
                raise IndexError
            raise ValueError("it is damaged: no JPEG marker where one must stand")
        at = fill.end()
        marker = content[at]
        _add(segments, (marker, at + 1))
        if marker in (START_OF_SCAN, END_OF_IMAGE):
            return segments
        at += 1
        if marker not in _STANDS_ALONE:
            at += max(2, struct.unpack_from(">H", content, at)[0])


def jpeg_scan_end(content: bytes, at: int) -> int:
    """Where the coded pixels of a scan end, given the position of its header's length field.

    Raises:
        IndexError, struct.error: the file ends before.
    """
    end = _END_OF_SCAN.search(content, at + struct.unpack_from(">H", content, at)[0])
    if end is None:
        raise IndexError
    return end.start()


def _add(parts: list[_Part], part: _Part) -> None:
    if len(parts) >= _MOST:
        raise ValueError(f"it is damaged: more than {_MOST:,} parts")
    parts.append(part)
