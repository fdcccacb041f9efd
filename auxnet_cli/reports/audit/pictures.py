"""The pictures of the audit's page: small JPEGs inside the page, of a bounded size in all."""

import base64
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.survey import Missed
from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings

_SIDE = 160
_DRAWN_SIDE = 320
_LEAST_CUT = 48
_QUALITY = 75
_BUDGET = 4 * 2**20  # bytes of all pictures together; a page of 6 MB opens at once

_TRUTH, _ANCHOR = (0, 158, 115), (230, 159, 0)


class Pictures:
    """Makes the pictures of one page.

    Attributes:
        left: bytes that may still be used.
    """

    def __init__(
        self, images: Path, names: Mapping[str, str], root: Path | None, bits: int | None
    ) -> None:
        """Where the images are.

        Args:
            images: the folder of the data set's images.
            names: path below ``images`` by path below the source.
            root: the source, for images that were passed over; ``None`` if it is no folder.
            bits: of the camera.
        """
        self._images, self._names, self._root = images, names, root
        self._bits = bits or 16
        self._made: dict[str, str | None] = {}
        self.left = _BUDGET

    def thumbnail(self, file: str) -> str | None:
        """A data URI of the image that a finding names; ``None`` where there is none to show."""
        if file not in self._made:
            pixels = self._read(file)
            self._made[file] = None if pixels is None else self._uri(_fit(pixels, _SIDE))
        return self._made[file]

    def missed(self, missed: Missed, settings: Settings) -> str | None:
        """A data URI of a defect at the network's size, with its box and the best anchor."""
        pixels = self._read(missed.entry.file)
        if pixels is None:
            return None
        if settings.tile.size:
            pixels = _tile(pixels, missed, settings)
        small = resize_image(pixels, settings.data.size)
        low, high = _cutting(missed, settings.data.size)
        small = np.ascontiguousarray(small[low[1] : high[1], low[0] : high[0]])
        zoom = _DRAWN_SIDE / max(small.shape[:2])
        small = cv2.resize(small, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)
        for box, colour in ((missed.anchor, _ANCHOR), (missed.truth, _TRUTH)):
            one, other = np.round((box.reshape(2, 2) - low) * zoom).astype(int).tolist()
            cv2.rectangle(small, one, other, colour, 2)
        return self._uri(small)

    def _read(self, file: str) -> NDArray[np.uint8] | None:
        path = self._place(file)
        if path is None or self.left <= 0:
            return None
        try:
            return read_image(path, self._bits)
        except InputError:
            return None

    def _place(self, file: str) -> Path | None:
        """Where an image lies; findings may name what lies outside the source, or nowhere."""
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
    """Shrink to a longest side, strips not below 24 pixels high; small images stay as they are."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (
        max(min(24, height), round(height * scale)),
        max(min(24, width), round(width * scale)),
    )
    return resize_image(pixels, size)


def _cutting(missed: Missed, size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners x, y of a square around both boxes, cut off at the image's borders."""
    both = np.stack([missed.truth, missed.anchor])
    low, high = both[:, :2].min(axis=0), both[:, 2:].max(axis=0)
    side = max(_LEAST_CUT, 1.6 * float((high - low).max()))
    middle, limits = (low + high) / 2, np.array(size[::-1], np.float64)
    # Moved into the image, so that the defect is never outside.
    start = np.clip(middle - side / 2, 0, np.maximum(0, limits - side))
    return np.floor(start).astype(int), np.minimum(limits, np.ceil(start + side)).astype(int)


def _tile(pixels: NDArray[np.uint8], missed: Missed, settings: Settings) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    window = windows(height, width, settings.tile)[missed.tile]
    return pixels[window.slices]
