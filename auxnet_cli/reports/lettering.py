"""Text on pictures: smooth letters of any size and script that DejaVu Sans knows.

OpenCV's own letters are ASCII only in version 4 and other ones in version 5.
"""

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from auxnet_cli.reports.palette import Colour

Picture = NDArray[np.uint8]
"""(height, width, 3) RGB."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans Bold, which comes with Matplotlib, ``size`` pixels high."""
    # Found without an import, which takes a quarter of a second of the first overlay.
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    data = Path(package.origin).with_name("mpl-data")
    path = data / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    return ImageFont.truetype(str(path), size)


@lru_cache(4096)
def text_width(text: str, size: int) -> int:
    """Width in pixels of one line of text."""
    return int(np.ceil(font(size).getlength(text)))


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
    x, y = place
    top, left = max(0, y - size), max(0, x)
    patch = picture[top : y + size, left : x + text_width(text, size) + 2]
    if not patch.size:
        return
    canvas = Image.fromarray(patch)
    ImageDraw.Draw(canvas).text(
        (x - left, y - top), text, fill=colour, font=font(size), anchor="lm"
    )
    patch[:] = np.asarray(canvas)
