"""Makes the pictures of the audit's page: small JPEGs within it, of a bounded total size."""

import base64
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.survey import UnmatchedDefect
from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings

_SIDE = 160
_DRAWN_SIDE = 320
_LEAST_SIDE = 48
_QUALITY = 75
_BUDGET = 4 * 2**20  # bytes of all pictures together; a page of 6 MB opens at once

_TRUTH, _ANCHOR = (0, 158, 115), (230, 159, 0)


class Pictures:
    """The pictures of one page.

    Attributes:
        left: bytes that may still be used.
    """

    def __init__(
        self, images: Path, names: Mapping[str, str], root: Path | None, bits: int | None
    ) -> None:
        """Prepares a page.

        Args:
            images: the folder of the data set's images.
            names: path below ``images`` by path below the source.
            root: the source, for skipped images; ``None`` if it is no folder.
            bits: of the camera; ``None`` for images of 8 bits.
        """
        self._images, self._names, self._root = images, names, root
        self._bits = bits or 16
        self._made: dict[str, str | None] = {}
        self.left = _BUDGET

    def thumbnail(self, file: str) -> str | None:
        """Returns a data URI of the image that a finding names, ``None`` if it cannot be shown."""
        if file not in self._made:
            pixels = self._read(file)
            self._made[file] = None if pixels is None else self._uri(_fit(pixels, _SIDE))
        return self._made[file]

    def unmatched(self, defect: UnmatchedDefect, settings: Settings) -> str | None:
        """Returns a data URI of a defect at network size, with its box and the best anchor."""
        pixels = self._read(defect.entry.file)
        if pixels is None:
            return None
        if settings.tile.size:
            height, width = pixels.shape[:2]
            pixels = pixels[windows(height, width, settings.tile)[defect.tile].slices]
        small = resize_image(pixels, settings.data.size)
        low, high = _corners(defect, settings.data.size)
        small = np.ascontiguousarray(small[low[1] : high[1], low[0] : high[0]])
        zoom = _DRAWN_SIDE / max(small.shape[:2])
        small = cv2.resize(small, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)
        for box, colour in ((defect.anchor, _ANCHOR), (defect.truth, _TRUTH)):
            start, end = np.round((box.reshape(2, 2) - low) * zoom).astype(int).tolist()
            cv2.rectangle(small, start, end, colour, 2)
        return self._uri(small)

    def _read(self, file: str) -> NDArray[np.uint8] | None:
        path = self._path(file)
        if path is None or self.left <= 0:
            return None
        try:
            return read_image(path, self._bits)
        except InputError:
            return None

    def _path(self, file: str) -> Path | None:
        """Returns the image that a finding names, unless it is missing or outside the source."""
        if file in self._names:
            return self._images / self._names[file]
        if self._root is None or not file:
            return None
        try:
            path = (self._root / file).resolve()
            inside = path.is_relative_to(self._root.resolve()) and path.is_file()
        except (OSError, RuntimeError, ValueError):  # a circle of links, a name with a zero
            return None
        return path if inside else None

    def _uri(self, pixels: NDArray[np.uint8]) -> str | None:
        _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        text = "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode("ascii")
        if len(text) > self.left:
            self.left = 0
            return None
        self.left -= len(text)
        return text


def _fit(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Shrinks to a longest side, strips not below 24 pixels; small images stay as they are."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (
        max(min(24, height), round(height * scale)),
        max(min(24, width), round(width * scale)),
    )
    return resize_image(pixels, size)


def _corners(
    defect: UnmatchedDefect, size: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns two corners x, y of a square around both boxes, within the image."""
    both = np.stack([defect.truth, defect.anchor])
    low, high = both[:, :2].min(axis=0), both[:, 2:].max(axis=0)
    side = max(_LEAST_SIDE, 1.6 * float((high - low).max()))
    middle, limits = (low + high) / 2, np.array(size[::-1], np.float64)
    # Moved into the image, so that the defect is never outside.
    start = np.clip(middle - side / 2, 0, np.maximum(0, limits - side))
    return np.floor(start).astype(int), np.minimum(limits, np.ceil(start + side)).astype(int)
