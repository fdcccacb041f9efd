"""Cuts large images into tiles: windows of one size that overlap their neighbours."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.errors import InputError
from auxnet_cli.settings import TileSettings

MAX_TILES = 100_000
"""The most tiles of an image."""


class Window(NamedTuple):
    """A rectangle of an image, pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array with."""
        return np.s_[self.top : self.top + self.height, self.left : self.left + self.width]


def windows(height: int, width: int, settings: TileSettings) -> list[Window]:
    """Returns the fewest evenly spaced tiles that cover a (height, width) image, row by row.

    Neighbours overlap by ``settings.overlap`` of a tile or more. Where the image is no larger than
    a tile, and where tiles have no size, one window reaches from border to border. Otherwise, where
    the whole image is a second view, its window is the last.

    Raises:
        InputError: there would be more than ``MAX_TILES``.
    """
    high, wide = _tile_size(height, width, settings)
    rows, columns = (
        1 + -(-(length - tile) // max(1, int(tile * (1 - settings.overlap))))
        for length, tile in ((height, high), (width, wide))
    )
    if rows * columns > MAX_TILES:
        raise InputError(
            f"An image of {height} × {width} pixels would be cut into {rows * columns:,} tiles, "
            f"and {MAX_TILES:,} are the most: take a larger tile.size or a smaller tile.overlap."
        )
    tiles = [
        Window(round(top), round(left), high, wide)
        for top in np.linspace(0, height - high, rows)
        for left in np.linspace(0, width - wide, columns)
    ]
    second_view = settings.whole > 0 and len(tiles) > 1
    return [*tiles, Window(0, 0, height, width)] if second_view else tiles


def draw_window(
    height: int,
    width: int,
    boxes: Sequence[Box],
    settings: TileSettings,
    rng: np.random.Generator,
) -> Window:
    """Draws a random tile of a (height, width) image whose defects have these boxes.

    In ``settings.defective`` of the draws it shows one of the defects, drawn at random; in the
    others, and on a good part, it lies anywhere.
    """
    high, wide = _tile_size(height, width, settings)
    tops, lefts = (0, height - high), (0, width - wide)
    if boxes and rng.random() < settings.defective:
        x, y, box_wide, box_high = boxes[int(rng.integers(len(boxes)))]
        tops = _starts_over(y, box_high, high, height, rng)
        lefts = _starts_over(x, box_wide, wide, width, rng)
    top, left = (int(rng.integers(first, last + 1)) for first, last in (tops, lefts))
    return Window(top, left, high, wide)


def larger_than_tile(boxes: Sequence[Box], settings: TileSettings) -> int:
    """Counts the boxes that no window shows whole, since they are larger than a tile."""
    if settings.size is None or settings.whole:
        return 0
    high, wide = settings.size
    return sum(box[2] > wide or box[3] > high for box in boxes)


def _tile_size(height: int, width: int, settings: TileSettings) -> tuple[int, int]:
    if settings.size is None:
        return height, width
    return min(height, settings.size[0]), min(width, settings.size[1])


def _starts_over(
    start: float, extent: float, tile: int, length: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Returns the first and last start of tiles that show a point of a defect, drawn at random."""
    point = min(int(start + rng.random() * extent), length - 1)
    return max(0, point - tile + 1), min(point, length - tile)
