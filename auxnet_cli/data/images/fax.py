"""CCITT Group 4, in which TIFF keeps black and white, as masks are: whether a strip is whole.

Decoders go on where a code is wrong. But an image has only one code (T.6, ITU-T, 1988): a strip is
whole where coding what was decoded gives the same bits.
"""

import io
import struct

import cv2
import numpy as np

from auxnet_cli.data.images.tiff_header import GROUP_4, TiffHeader, read_tiff

_STRIP_PLACES, _STRIP_SIZES = 273, 279
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def check_fax(coded: bytes, width: int, rows: int, header: TiffHeader) -> None:
    """Check a strip or a tile of (rows, width) pixels.

    Raises:
        ValueError: it is damaged, or coded in another way than all writers code it.
    """
    from PIL import Image

    if header.bits_reversed:
        coded = coded.translate(_REVERSED)
    pixels = cv2.imdecode(np.frombuffer(_alone(coded, width, rows), np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None or pixels.shape != (rows, width):
        raise ValueError("its code is wrong")
    stream = io.BytesIO()
    options = {"compression": "group4", "strip_size": 2**31 - 1}
    Image.fromarray(pixels > 0).save(stream, "TIFF", **options)
    again = stream.getvalue()
    tags = read_tiff(again).tags
    start = tags[_STRIP_PLACES]
    expected = again[start : start + tags[_STRIP_SIZES]]
    if coded.rstrip(b"\0") != expected.rstrip(b"\0"):
        raise ValueError("its code is wrong")


def _alone(coded: bytes, width: int, rows: int) -> bytes:
    """A TIFF file of one strip."""
    tags = {256: width, 257: rows, 258: 1, 259: GROUP_4, 262: 1, _STRIP_PLACES: 0, 277: 1}
    tags |= {278: rows, _STRIP_SIZES: len(coded)}
    tags[_STRIP_PLACES] = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + coded
