"""WebP: whether what a picture is coded with is used up to its end.

WebP has no check sum. But its decoder knows to the bit where the data ends: damage throws it off
its track, so that it needs more, which it says, or less, which it does not. So a picture must not
be decodable without its last bytes.
"""

import struct

import cv2
import numpy as np

from auxnet_cli.data.image_parts import webp_chunks

_PICTURES = (b"VP8 ", b"VP8L")
_FRAME = b"ANMF"
_FRAME_HEADER = 16
# Encoders leave up to 4 bytes that say nothing: the rest of an arithmetic code, and a filler.
_SPARE = 8
_SHORTEST = 32


def check_webp(content: bytes) -> None:
    """Check the first picture.

    Raises:
        ValueError: it is damaged, or there is none.
    """
    kind, coded = _picture(content)
    if len(coded) < _SHORTEST:
        return  # a picture of one colour, nearly without data
    if _decodes(kind, coded[:-_SPARE]):
        raise ValueError("it is damaged: its pixels are decoded before its data ends")


def _picture(content: bytes) -> tuple[bytes, bytes]:
    """Kind and data of the first picture, or of an animation's first frame."""
    for kind, start, end in webp_chunks(content):
        if kind in _PICTURES:
            return kind, content[start:end]
        if kind == _FRAME:
            # A frame's header is longer than a file's by what stands before its first chunk.
            return _picture(bytes(12) + content[start + _FRAME_HEADER : end])
    raise ValueError("it is damaged: a WebP without a picture")


def _decodes(kind: bytes, coded: bytes) -> bool:
    body = kind + struct.pack("<I", len(coded)) + coded + bytes(len(coded) % 2)
    alone = b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
    try:
        return cv2.imdecode(np.frombuffer(alone, np.uint8), cv2.IMREAD_COLOR) is not None
    except cv2.error:
        return False
