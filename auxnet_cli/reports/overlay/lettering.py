"""Text on pictures: smooth letters of any size, and of any script for which there is a font.

OpenCV's own letters are ASCII only in version 4 and other ones in version 5.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from auxnet_cli.reports.overlay.fonts import face, runs
from auxnet_cli.reports.palette import Colour

Picture = NDArray[np.uint8]
"""(height, width, 3) RGB."""


@lru_cache(4096)
def text_width(text: str, size: int) -> int:
    """Width in pixels of one line of text."""
    return int(np.ceil(sum(face(file, size).getlength(piece) for piece, file in runs(text))))


def shorten(text: str, size: int, width: int) -> str:
    """The text, cut with an ellipsis where it would be wider than ``width`` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def write(picture: Picture, text: str, place: tuple[int, int], size: int, colour: Colour) -> None:
    """Draw one line of text into the picture, in place.

    Args:
        picture: (height, width, 3) RGB.
        text: one line.
        place: left edge and middle of the line's height, pixels.
        size: height of the letters, pixels.
        colour: RGB.
    """
    letters = _cover(text, size)
    left, top = place[0], place[1] - size
    rows = slice(max(0, top), max(0, top + letters.shape[0]))
    columns = slice(max(0, left), max(0, left + letters.shape[1]))
    patch = picture[rows, columns]
    if not patch.size:
        return
    height, width = patch.shape[:2]
    letters = letters[rows.start - top :, columns.start - left :][:height, :width]
    cover = letters[..., None].astype(np.uint16)
    patch[:] = (patch * (255 - cover) + np.array(colour, np.uint16) * cover + 127) // 255


@lru_cache(1024)
def _cover(text: str, size: int) -> NDArray[np.uint8]:
    """How much of each pixel one line of text covers, 0-255; twice as high as its letters.

    Kept, since a folder's overlays say the same few things over and over.
    """
    canvas = Image.new("L", (text_width(text, size) + 2, 2 * size))
    pen, left = ImageDraw.Draw(canvas), 0.0
    for piece, file in runs(text):
        font = face(file, size)
        pen.text((left, size), piece, fill=255, font=font, anchor="lm")
        left += font.getlength(piece)
    return np.asarray(canvas)
