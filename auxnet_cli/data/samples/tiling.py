"""Tiles: windows of one size that cover a large image and overlap their neighbours."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from auxnet_cli.errors import InputError
from auxnet_cli.settings import TileSettings

MOST = 100_000
"""Tiles of an image."""


class Window(NamedTuple):
    """A rectangle of an image, pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def place(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array with."""
        return np.s_[self.top : self.top + self.height, self.left : self.left + self.width]


def windows(height: int, width: int, settings: TileSettings) -> list[Window]:
    """The fewest evenly spaced tiles that cover an image, row by row.

    Neighbours overlap by ``settings.overlap`` of a tile or more. Where the image is no larger than
    a tile, and where tiles have no size, one window reaches from border to border.

    Args:
        height: of the image, pixels.
        width: likewise.
        settings: size and overlap of the tiles.

    Raises:
        InputError: they are more than ``MOST``.
    """
    high, wide = _size(height, width, settings)
    count = _number(height, high, settings.overlap) * _number(width, wide, settings.overlap)
    if count > MOST:
        raise InputError(
            f"An image of {height} × {width} pixels would be cut into {count:,} tiles, and "
            f"{MOST:,} are the most: take a larger tile.size or a smaller tile.overlap."
        )
    return [
        Window(top, left, high, wide)
        for top in _starts(height, high, settings.overlap)
        for left in _starts(width, wide, settings.overlap)
    ]


def draw_window(
    height: int,
    width: int,
    boxes: Sequence[tuple[float, float, float, float]],
    settings: TileSettings,
    rng: np.random.Generator,
) -> Window:
    """A random tile of an image.

    It shows one of the image's defects, drawn at random, for ``settings.defective`` of the draws;
    else, and on a good part, it lies anywhere.

    Args:
        height: of the image, pixels.
        width: likewise.
        boxes: x, y, width, height of the image's defects.
        settings: of the tiles.
        rng: source of randomness.
    """
    high, wide = _size(height, width, settings)
    tops, lefts = (0, height - high), (0, width - wide)
    if boxes and rng.random() < settings.defective:
        x, y, box_wide, box_high = boxes[int(rng.integers(len(boxes)))]
        tops = _over(y, box_high, high, height, rng)
        lefts = _over(x, box_wide, wide, width, rng)
    top, left = (int(rng.integers(low, most + 1)) for low, most in (tops, lefts))
    return Window(top, left, high, wide)


def larger_than_tile(
    boxes: Sequence[tuple[float, float, float, float]], settings: TileSettings
) -> int:
    """How many boxes, x, y, width, height, are larger than a tile: no tile shows them whole."""
    if settings.size is None:
        return 0
    high, wide = settings.size
    return sum(box[2] > wide or box[3] > high for box in boxes)


def _size(height: int, width: int, settings: TileSettings) -> tuple[int, int]:
    if settings.size is None:
        return height, width
    return min(height, settings.size[0]), min(width, settings.size[1])


def _starts(length: int, tile: int, overlap: float) -> list[int]:
    number = _number(length, tile, overlap)
    return [round(start) for start in np.linspace(0, length - tile, number)]


def _number(length: int, tile: int, overlap: float) -> int:
    step = max(1, int(tile * (1 - overlap)))
    return 1 + -(-(length - tile) // step)


def _over(
    start: float, extent: float, tile: int, length: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Lowest and highest start of tiles that show a point of a defect, drawn at random."""
    point = min(int(start + rng.random() * extent), length - 1)
    return max(0, point - tile + 1), min(point, length - tile)
