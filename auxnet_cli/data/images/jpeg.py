"""JPEG, decoded strictly: what libjpeg only warns of is an error here."""

import struct
from dataclasses import dataclass, field

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from auxnet_cli.data.images.containers import (
    END_OF_IMAGE,
    START_OF_FRAME,
    jpeg_scan_end,
    jpeg_segments,
)

_TABLES = 0xC4
_ARITHMETIC = frozenset(range(0xC9, 0xD0)) - {0xCC}
_DC, _AC = 0, 1
# A disk loses sectors, of 512 bytes or more, and what comes back in their place is zeros.
_SECTOR = bytes(256)
# Symbols of the AC tables that say that nothing follows; in progressive files for many blocks.
_NOTHING = frozenset(range(0, 0xF0, 0x10))
# A progressive JPEG of a few kilobytes can ask for millions of pixels to be gone over a thousand
# times. Cameras and programs write a dozen scans; this is 20 of the largest image that is taken.
_MOST_WORK = 4_000_000_000


@dataclass
class _Scans:
    """What is gathered on the way from scan to scan.

    Attributes:
        frame: the start-of-frame marker: how pixels are coded.
        size: (height, width) in pixels.
        first: the first symbol of each Huffman table, by (kind, number): its code is all zeros.
        number: of scans so far.
    """

    frame: int = 0
    size: tuple[int, int] = (0, 0)
    first: dict[tuple[int, int], int] = field(default_factory=dict)
    number: int = 0


def decode_jpeg(content: bytes, grey: bool = False) -> NDArray[np.uint8]:
    """Decode as (height, width, 3) RGB, or as (height, width) grey. CMYK becomes RGB.

    Raises:
        ValueError: libjpeg-turbo finds anything wrong with the file.
    """
    space = "GRAY" if grey else "RGB"
    pixels: NDArray[np.uint8]
    try:
        pixels = simplejpeg.decode_jpeg(content, space, strict=True)
    except ValueError as error:
        raise ValueError(f"it is damaged or of an unknown variant ({error})") from None
    return pixels[..., 0] if grey else pixels


def jpeg_size(content: bytes) -> tuple[int, int]:
    """(height, width) in pixels, as stored.

    Raises:
        ValueError: it is damaged, or of other than 8 bits.
        IndexError, struct.error: the file ends before.
    """
    for marker, at in jpeg_segments(content):
        if marker in START_OF_FRAME:
            bits, height, width = struct.unpack_from(">BHH", content, at + 2)
            if bits != 8:
                raise ValueError(f"it is a JPEG of {bits} bits, but 8 are read")
            return height, width
    raise ValueError("it is damaged: a JPEG without a frame")


def jpeg_end(content: bytes) -> int:
    """Where the first image of a JPEG file ends, behind its end mark.

    Raises:
        ValueError: it is damaged, or asks for too much work.
        IndexError, struct.error: it is cut off.
    """
    scans = _Scans()
    segments = jpeg_segments(content)
    while True:
        for marker, at in segments[:-1]:
            if marker == _TABLES:
                scans.first |= _first_symbols(content, at)
            elif marker in START_OF_FRAME:
                scans.frame, scans.size = marker, struct.unpack_from(">HH", content, at + 3)
        marker, at = segments[-1]
        if marker == END_OF_IMAGE:
            if not scans.number:
                raise ValueError("it is damaged: a JPEG without pixels")
            return at
        end = jpeg_scan_end(content, at)
        scans.number += 1
        _check_work(scans)
        if content.find(_SECTOR, at, end) >= 0 and not _zeros_are_flat(content, at, scans):
            raise ValueError("it is damaged: a sector of zeros stands in place of pixels")
        segments = jpeg_segments(content, end)


def _check_work(scans: _Scans) -> None:
    height, width = scans.size
    if scans.number * height * width > _MOST_WORK:
        raise ValueError(
            f"going over {width} x {height} pixels {scans.number} times takes too long"
        )


def _first_symbols(content: bytes, at: int) -> dict[tuple[int, int], int]:
    """The first symbol of each table in a segment of Huffman tables."""
    end = at + struct.unpack_from(">H", content, at)[0]
    first: dict[tuple[int, int], int] = {}
    at += 2
    while at + 17 < end:
        kind, number = content[at] >> 4, content[at] & 15
        first[kind, number] = content[at + 17]
        at += 17 + sum(content[at + 1 : at + 17])
    return first


def _zeros_are_flat(content: bytes, at: int, scans: _Scans) -> bool:
    """Whether zeros in a scan are a flat surface, and not the same odd pattern block by block."""
    if scans.frame in _ARITHMETIC:
        return True
    parts = content[at + 2]
    tables = [content[at + 4 + 2 * part] for part in range(parts)]
    start, _, shifts = content[at + 3 + 2 * parts : at + 6 + 2 * parts]
    refines = shifts >> 4 > 0
    flat_dc = start > 0 or refines or all(scans.first.get((_DC, own >> 4)) == 0 for own in tables)
    only_dc = scans.frame in (0xC2, 0xC6) and start == 0
    flat_ac = only_dc or all(scans.first.get((_AC, own & 15)) in _NOTHING for own in tables)
    return flat_dc and flat_ac
