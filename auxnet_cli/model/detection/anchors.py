"""Lays out anchors, the boxes that detection starts from."""

from collections.abc import Iterator

import numpy as np

from auxnet_cli.errors import InputError
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.settings import AnchorSettings

MOST = 5_000_000
"""Anchors of an input; one takes 100 bytes while they are made."""


def anchors_per_place(settings: AnchorSettings) -> int:
    """Returns scales times ratios."""
    return len(settings.scales) * len(settings.ratios)


def count_anchors(size: tuple[int, int], settings: AnchorSettings) -> int:
    """Counts the anchors of an input size, (height, width) in pixels.

    Raises:
        InputError: more than ``MOST``.
    """
    places = sum(rows * columns for _, rows, columns in _grids(size, settings))
    count = places * anchors_per_place(settings)
    if count > MOST:
        raise InputError(
            f"An input of {size[0]} × {size[1]} pixels has {count:,} anchors with these levels, "
            f"scales and ratios (model.anchors), and {MOST:,} are the most: start at a coarser "
            "level or take fewer scales and ratios."
        )
    return count


def make_anchors(size: tuple[int, int], settings: AnchorSettings) -> Floats:
    """Lays out all anchors of an input of (height, width) pixels, in the order of the head.

    Returns:
        (anchors, 4) x1, y1, x2, y2 in input pixels.

    Raises:
        InputError: more than ``MOST``.
    """
    count_anchors(size, settings)
    shapes = np.array(
        [
            (scale / np.sqrt(ratio), scale * np.sqrt(ratio))
            for scale in settings.scales
            for ratio in settings.ratios
        ]
    )
    parts = []
    for stride, rows, columns in _grids(size, settings):
        y, x = np.meshgrid(
            (np.arange(rows) + 0.5) * stride, (np.arange(columns) + 0.5) * stride, indexing="ij"
        )
        centres = np.stack([x, y], axis=-1)[:, :, None, :]
        halves = shapes * settings.base * stride / 2
        parts.append(np.concatenate([centres - halves, centres + halves], axis=-1).reshape(-1, 4))
    return np.concatenate(parts).astype(np.float32)


def _grids(size: tuple[int, int], settings: AnchorSettings) -> Iterator[tuple[int, int, int]]:
    """Yields stride, rows and columns of each level, the finest first."""
    for level in range(settings.levels[0], settings.levels[1] + 1):
        stride = 2**level
        rows, columns = (-(-side // stride) for side in size)
        yield stride, rows, columns
