"""WebP: whether what a picture is coded with is used up to its end.

WebP has no check sum. But its decoder knows to the bit where the data ends: damage throws it off
its track, so that it needs more, which it says, or less, which it does not. So a picture must not
be decodable without its last bytes.
"""

import struct

import cv2
import numpy as np

from auxnet_cli.data.images.containers import webp_chunks

# Encoders leave up to half as many bytes that say nothing: fillers, the rest of an arithmetic code.
_SPARE = {b"VP8L": 4, b"VP8 ": 8}
_FRAME = b"ANMF"
_FILE_HEADER, _FRAME_HEADER = 12, 16
_SHORTEST = 32


def webp_size(content: bytes) -> tuple[int, int]:
    """(height, width) in pixels, as the header says.

    Raises:
        IndexError, struct.error: the file ends before.
    """
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", content, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    return height, width


def check_webp(content: bytes) -> None:
    """Check the first picture.

    Raises:
        ValueError: it is damaged, or there is none.
        IndexError, struct.error: it is cut off.
    """
    kind, coded = _picture(content)
    height, width = webp_size(content)
    own_height, own_width = webp_size(_alone(kind, coded))
    if own_height > height or own_width > width:
        raise ValueError("it is damaged: its picture is larger than its header says")
    # A picture of one colour has nearly no data.
    if len(coded) >= _SHORTEST and _decodes(_alone(kind, coded[: -_SPARE[kind]])):
        raise ValueError("it is damaged: its pixels are decoded before its data ends")


def _picture(content: bytes) -> tuple[bytes, bytes]:
    """Kind and data of the first picture, or of an animation's first frame."""
    for kind, start, end in webp_chunks(content):
        if kind in _SPARE:
            return kind, content[start:end]
        if kind == _FRAME:
            return _picture(bytes(_FILE_HEADER) + content[start + _FRAME_HEADER : end])
    raise ValueError("it is damaged: a WebP without a picture")


def _alone(kind: bytes, coded: bytes) -> bytes:
    body = kind + struct.pack("<I", len(coded)) + coded + bytes(len(coded) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _decodes(content: bytes) -> bool:
    try:
        return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is not None
    except cv2.error:
        return False
