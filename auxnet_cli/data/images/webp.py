"""Reads WebP, and checks that the data of a picture is used up to its end.

WebP has no check sum, but damage makes its decoder use more or less data than the picture has. The
decoder reports when it needs more, and says nothing when it needs less. So a picture must not be
decodable without its last bytes.
"""

import re
import struct
from collections.abc import Iterator
from functools import cached_property

from auxnet_cli.data.images.image_file import ImageFile, Part, Stored, decode_by_opencv, list_parts

# By coding: encoders leave up to half as many bytes that mean nothing at the end.
_SPARE = {b"VP8L": 4, b"VP8 ": 8}
_FRAME, _FRAME_HEADER = b"ANMF", 16
# A picture of a single colour has nearly no data.
_SHORTEST = 32


class WebpFile(ImageFile):
    """A WebP file, lossy or lossless."""

    kind = "WebP"
    suffixes = (".webp",)
    signature = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)

    @property
    def pages(self) -> int:
        """Frames of an animation."""
        return max(1, sum(kind == _FRAME for kind, *_ in self._chunks))

    def end(self) -> int:
        """Checks that the first picture needs its data to the end."""
        end: int = struct.unpack_from("<I", self.content, 4)[0] + 8
        if end <= len(self.content):
            self._check_picture()
        return end

    def decode(self, colour: bool) -> Stored:
        """Decodes the first picture."""
        return decode_by_opencv(self.content, colour)

    def _check_picture(self) -> None:
        pictures = [part for part in self._chunks if part[0] in _SPARE]
        if not pictures:
            raise ValueError("it is damaged: a WebP without a picture")
        kind, start, end = pictures[0]
        coded = self.content[start:end]
        height, width = _size(_alone(kind, coded))
        if height > self.height or width > self.width:
            raise ValueError("it is damaged: its picture is larger than its header says")
        if len(coded) < _SHORTEST:
            return
        try:
            decode_by_opencv(_alone(kind, coded[: -_SPARE[kind]]), colour=True)
        except ValueError:
            return
        raise ValueError("it is damaged: its pixels are decoded before its data ends")

    def _read_size(self) -> tuple[int, int]:
        return _size(self.content)

    def _exif(self) -> bytes:
        blocks = (self.content[start:end] for kind, start, end in self._chunks if kind == b"EXIF")
        return next(blocks, b"")

    @cached_property
    def _chunks(self) -> list[Part]:
        """Kind, start and end of what each chunk holds, those within frames included."""
        return list_parts(_walk(self.content))


def _walk(content: bytes) -> Iterator[Part]:
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        yield kind, at + 8, at + 8 + length
        at += 8 + (_FRAME_HEADER if kind == _FRAME else length + length % 2)


def _size(content: bytes) -> tuple[int, int]:
    """Returns (height, width) as the first chunk of a file says."""
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


def _alone(kind: bytes, coded: bytes) -> bytes:
    """Returns a file of nothing but a picture."""
    chunk = kind + struct.pack("<I", len(coded)) + coded + bytes(len(coded) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
