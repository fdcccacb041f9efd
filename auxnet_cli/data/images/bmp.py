"""Reads Windows and OS/2 bitmaps by Pillow, which refuses the layouts that it does not know."""

import io
import re
import struct

import numpy as np

from auxnet_cli.data.images.image_file import DAMAGED, ImageFile, Stored

_OS2_HEADER = 12  # bytes; without a field for the coding
_UNPACKED, _RUN_LENGTHS = (0, 3), (1, 2)
_PACKED = {1: "RLE", 2: "RLE", 4: "JPEG", 5: "PNG", 6: "masks with opacity"}


class BmpFile(ImageFile):
    """A BMP file."""

    kind = "BMP"
    suffixes = (".bmp",)
    signature = re.compile(b"BM")

    def end(self) -> int:
        """Returns where the rows end; where they are packed, only where they start."""
        start: int = struct.unpack_from("<I", self.content, 10)[0]
        row = (self.width * self._bits + 31) // 32 * 4
        return start if self._coding in _RUN_LENGTHS else start + row * self.height

    def decode(self, colour: bool) -> Stored:
        """Decodes as (height, width, 3) RGB in any case; opacity is dropped."""
        from PIL.BmpImagePlugin import BmpImageFile

        if self._coding not in _UNPACKED:
            name = _PACKED.get(self._coding, f"coding {self._coding}")
            raise ValueError(
                f"it is a BMP of {self._bits} bits with {name}, whose damage cannot be seen: save "
                "it as PNG"
            )
        try:
            # Not Image.open, which has a limit of its own.
            picture = BmpImageFile(io.BytesIO(self.content))
            picture.load()
        except (OSError, SyntaxError, struct.error, IndexError, OverflowError) as error:
            raise ValueError(f"{DAMAGED} ({error})") from None
        if picture.mode == "RGBA":
            return np.asarray(picture)[..., :3].copy()
        return np.array(picture.convert("RGB"))

    def _read_size(self) -> tuple[int, int]:
        self._coding = 0
        if struct.unpack_from("<I", self.content, 14)[0] == _OS2_HEADER:
            width, height, _, self._bits = struct.unpack_from("<HHHH", self.content, 18)
        else:
            fields = struct.unpack_from("<iiHHI", self.content, 18)
            width, height, _, self._bits, self._coding = fields
        return abs(height), width  # negative: the rows are stored from the top
