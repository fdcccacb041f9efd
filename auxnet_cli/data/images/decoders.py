"""Which library decodes which kind of file, once it is known to be whole."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.bmp import decode_bmp
from auxnet_cli.data.images.channels import channels
from auxnet_cli.data.images.header import file_kind, still
from auxnet_cli.data.images.jpeg import decode_jpeg
from auxnet_cli.data.images.tiff_header import neutral, read_tiff

Stored = NDArray[np.uint8] | NDArray[np.uint16]
"""Samples as a file holds them."""

_IN_COLOUR = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
_UNKNOWN = "it is damaged or of an unknown variant"

# What OpenCV logs of a bad file, this program says in one sentence.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decode(content: bytes, colour: bool) -> Stored:
    """Decode a file that ``image_header.check_whole`` found whole, as it is stored, not turned.

    Args:
        content: of the file.
        colour: as (height, width, 3) RGB; else grey as (height, width), and what is stored with
            more channels with all of them, in any order.

    Raises:
        ValueError: it is damaged or of an unknown variant.
    """
    kind = file_kind(content)
    if kind == "JPEG":
        # simplejpeg's warnings are errors, and OpenCV's are lost.
        return decode_jpeg(content, grey=not colour and channels(content) == 1)
    if kind == "BMP":
        return decode_bmp(content)
    if kind == "TIFF":
        header = read_tiff(content)
        pixels = _by_opencv(neutral(content, header), colour)
        return np.invert(pixels, out=pixels) if header.white_is_zero else pixels
    return _by_opencv(still(content) if kind == "PNG" else content, colour)


def _by_opencv(content: bytes, colour: bool) -> Stored:
    pixels: Any
    flags = _IN_COLOUR if colour else cv2.IMREAD_UNCHANGED
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise ValueError(_UNKNOWN)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"its samples are of {pixels.dtype}: save it with 8 or 16 bits")
    if colour:  # OpenCV's order is blue, green, red; swapped in place, since images may be large
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, pixels)
    return cast(Stored, pixels)
