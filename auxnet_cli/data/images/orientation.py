"""How a photograph is to be turned: the flag that cameras and telephones leave in EXIF.

Annotators draw on the upright picture: LabelMe, CVAT, labelImg and every tool in a browser turn it
first. So do viewers, and so does this program, wherever it reads an image.
"""

import struct
from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.containers import JPEG, PNG, jpeg_segments, png_chunks, webp_chunks
from auxnet_cli.data.images.tiff_header import MAGICS, read_tiff

_EXIF = b"Exif\0\0"
_APP1 = 0xE1

_Sample = TypeVar("_Sample", bound=np.generic)


def orientation(content: bytes) -> int:
    """EXIF's code of how to turn a PNG, JPEG, TIFF or WebP file upright, 1-8; 1 is as it is.

    A flag that cannot be read is none.
    """
    with suppress(ValueError, struct.error, IndexError):
        exif = content if content[:4] in MAGICS else _exif(content)
        if exif[:4] in MAGICS:
            return read_tiff(exif).orientation
    return 1


def swaps_sides(code: int) -> bool:
    """Whether the upright image is as wide as the stored one is high."""
    return code >= 5


def upright(pixels: NDArray[_Sample], code: int) -> NDArray[_Sample]:
    """Turn and mirror (height, width) or (height, width, channels) pixels by EXIF's code."""
    if swaps_sides(code):
        pixels = pixels.swapaxes(0, 1)
    if code in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if code in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _exif(content: bytes) -> bytes:
    """The EXIF block of a file; empty where there is none."""
    if content.startswith(PNG):
        parts = [
            content[start + 8 : end - 4]
            for kind, start, end in png_chunks(content)
            if kind == b"eXIf"
        ]
    elif content.startswith(JPEG):
        parts = [
            content[at + 2 : at + struct.unpack_from(">H", content, at)[0]]
            for marker, at in jpeg_segments(content)
            if marker == _APP1 and content.startswith(_EXIF, at + 2)
        ]
    else:
        parts = [content[start:end] for kind, start, end in webp_chunks(content) if kind == b"EXIF"]
    return parts[0].removeprefix(_EXIF) if parts else b""
