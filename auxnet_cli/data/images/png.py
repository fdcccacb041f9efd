"""Reads PNG: every chunk has a check sum, so that all damage is seen."""

import re
import struct
import zlib
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from auxnet_cli.data.images.image_file import ImageFile, Part, Stored, decode_by_opencv, list_parts

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE = 3
_CHANNELS = {0: 1, 2: 3, _PALETTE: 3, 4: 2, 6: 4}


class PngFile(ImageFile):
    """A PNG file. An animation is read as its still image, which other programs show."""

    kind = "PNG"
    suffixes = (".png",)
    signature = re.compile(re.escape(_SIGNATURE))

    @property
    def channels(self) -> int | None:
        """Samples of a pixel; a palette stands for colour."""
        return _CHANNELS.get(self.content[25]) if len(self.content) > 25 else None

    @property
    def pages(self) -> int:
        """Frames of an animation."""
        control = self._join(b"acTL")
        return int(struct.unpack_from(">I", control, 8)[0]) if control else 1

    def end(self) -> int:
        """Checks the sum of each chunk up to the end mark."""
        *_, (last, _, file_end) = self._chunks or [(b"", 0, 0)]
        if last != b"IEND" or file_end > len(self.content):
            return len(self.content) + 1
        for kind, start, end in self._chunks:
            (expected,) = struct.unpack_from(">I", self.content, end - 4)
            if zlib.crc32(memoryview(self.content)[start + 4 : end - 4]) != expected:
                name = kind.decode("latin-1")
                raise ValueError(f"it is damaged: wrong check sum in its {name} part")
        return file_end

    def decode(self, colour: bool) -> Stored:
        """Decodes the still image, without opacity and profile.

        Index masks are often saved with a palette: where no colour is asked for, the samples count
        and not the palette. OpenCV shows the animation even where the still image is no part of
        it, and libpng complains of profiles on standard error.
        """
        bits, colour_type = self.content[24], self.content[25]
        if colour or colour_type != _PALETTE:
            still = self._join(b"IHDR", b"PLTE", b"IDAT", b"IEND")
        else:
            header = b"IHDR" + self.content[16:25] + b"\0" + self.content[26:29]
            still = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
            still += self._join(b"IDAT", b"IEND")
        pixels = decode_by_opencv(_SIGNATURE + still, colour)
        if colour or bits >= 8:
            return pixels
        return pixels // np.uint8(255 // (2**bits - 1))  # OpenCV spreads few bits over 0-255

    def _read_size(self) -> tuple[int, int]:
        width, height = struct.unpack_from(">II", self.content, 16)
        return height, width

    def _exif(self) -> bytes:
        return self._join(b"eXIf")[8:]

    def _join(self, *kinds: bytes) -> bytes:
        """Returns the chunks of some kinds, each from its length to its check sum."""
        chunks = (part for part in self._chunks if part[0] in kinds)
        return b"".join(self.content[start:end] for _, start, end in chunks)

    @cached_property
    def _chunks(self) -> list[Part]:
        return list_parts(_walk(self.content))


def _walk(content: bytes) -> Iterator[Part]:
    """Goes from chunk to chunk up to the end mark."""
    at, kind = len(_SIGNATURE), b""
    while at + 12 <= len(content) and kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, at, at + 12 + length
        at += 12 + length
