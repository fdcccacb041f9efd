"""Windows and OS/2 bitmaps, by Pillow, which refuses the layouts that it does not know."""

import io
import struct

import numpy as np
from numpy.typing import NDArray

_UNPACKED = frozenset({0, 3})
_PACKED = {1: "RLE", 2: "RLE", 4: "JPEG", 5: "PNG", 6: "masks with opacity"}


def decode_bmp(content: bytes) -> NDArray[np.uint8]:
    """Decode as (height, width, 3) RGB; opacity is dropped.

    Raises:
        ValueError: it is damaged or of a variant that is not read.
    """
    from PIL.BmpImagePlugin import BmpImageFile

    _check_coding(content)
    try:
        # Not Image.open, which goes by a limit of its own.
        picture = BmpImageFile(io.BytesIO(content))
        picture.load()
    except (OSError, SyntaxError, struct.error, IndexError, OverflowError) as error:
        raise ValueError(f"it is damaged or of an unknown variant ({error})") from None
    if picture.mode == "RGBA":
        return np.asarray(picture)[..., :3].copy()
    return np.array(picture.convert("RGB"))


def _check_coding(content: bytes) -> None:
    if struct.unpack_from("<I", content, 14)[0] == 12:
        return  # OS/2's short header knows no codings
    bits, coding = struct.unpack_from("<HI", content, 28)
    if coding not in _UNPACKED:
        name = _PACKED.get(coding, f"coding {coding}")
        raise ValueError(
            f"it is a BMP of {bits} bits with {name}, whose damage cannot be seen: save it as PNG"
        )
