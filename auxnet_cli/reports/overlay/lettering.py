"""Writes smooth text of any size on pictures, in any script for which there is a font.

OpenCV draws only ASCII in version 4, and other letters in version 5.
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
    """Returns the width in pixels of one line of text."""
    return int(np.ceil(sum(face(file, size).getlength(piece) for piece, file in runs(text))))


def shorten(text: str, size: int, width: int) -> str:
    """Returns the text, cut with an ellipsis if it is wider than ``width`` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def write(picture: Picture, text: str, start: tuple[int, int], size: int, colour: Colour) -> None:
    """Draws one line of text into the picture, in place; what lies outside is cut off.

    ``start`` is the left edge and the middle of the line's height, ``size`` the height of the
    letters, in pixels.
    """
    letters = _coverage(text, size)
    left, top = start[0], start[1] - size
    rows = slice(max(0, top), max(0, top + letters.shape[0]))
    columns = slice(max(0, left), max(0, left + letters.shape[1]))
    patch = picture[rows, columns]
    if not patch.size:
        return
    height, width = patch.shape[:2]
    letters = letters[rows.start - top :, columns.start - left :][:height, :width]
    alpha = letters[..., None].astype(np.uint16)
    patch[:] = (patch * (255 - alpha) + np.array(colour, np.uint16) * alpha + 127) // 255


@lru_cache(1024)
def _coverage(text: str, size: int) -> NDArray[np.uint8]:
    """Returns how much of each pixel a line of text covers, 0-255; twice as high as its letters.

    Cached, because the overlays of a folder repeat the same few texts.
    """
    canvas = Image.new("L", (text_width(text, size) + 2, 2 * size))
    pen, left = ImageDraw.Draw(canvas), 0.0
    for piece, file in runs(text):
        font = face(file, size)
        pen.text((left, size), piece, fill=255, font=font, anchor="lm")
        left += font.getlength(piece)
    return np.asarray(canvas)
