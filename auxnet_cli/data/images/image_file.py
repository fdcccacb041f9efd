"""Defines what every image format answers: size, orientation, whether it is whole, pixels."""

import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, ClassVar, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.tiff_page import TiffPage

Stored = NDArray[np.uint8] | NDArray[np.uint16]
"""Samples as a file holds them."""

Part = tuple[bytes, int, int]
"""Kind, start and end of a part of a file; a part that is cut off ends beyond the file."""

DAMAGED = "it is damaged or of an unknown variant"
TRUNCATED = (struct.error, LookupError, OverflowError)
"""What reading beyond the end of a file raises."""

# No writer makes more: a file of millions of empty parts would take minutes to walk.
_MOST_PARTS = 500_000

_Item = TypeVar("_Item")

# What OpenCV logs of a bad file, this program says in one sentence.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class ImageFile(ABC):
    """The bytes of an image file, of which the header is parsed and nothing is decoded yet.

    Attributes:
        kind: name of the format.
        suffixes: of file names, in lower case.
        signature: matches the first bytes of a file of the format.
        content: the bytes.
        height, width: pixels as stored, before the image is turned upright.

    Raises:
        ValueError: the header is damaged or cut off.
    """

    kind: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    signature: ClassVar[re.Pattern[bytes]]

    def __init__(self, content: bytes) -> None:
        self.content = content
        try:
            self.height, self.width = self._read_size()
        except TRUNCATED:
            raise ValueError("it is cut off within its header") from None
        if self.height < 1 or self.width < 1:
            raise ValueError(f"its header says {self.width} x {self.height} pixels")

    @property
    def channels(self) -> int | None:
        """Samples of a pixel; ``None`` where the header of the format does not tell."""
        return None

    @property
    def pages(self) -> int:
        """Pages of the file or frames of an animation; the first is read."""
        return 1

    @property
    def orientation(self) -> int:
        """EXIF's code of the turn that makes the image upright, 1-8; 1 where none can be read."""
        with suppress(ValueError, *TRUNCATED):
            return TiffPage(self._exif().removeprefix(b"Exif\0\0")).orientation
        return 1

    @property
    def upright_size(self) -> tuple[int, int]:
        """(height, width) in pixels of the upright image."""
        swapped = self.orientation >= 5
        return (self.width, self.height) if swapped else (self.height, self.width)

    @abstractmethod
    def end(self) -> int:
        """Checks what the format allows to check, and returns where the image ends in the file.

        Raises:
            ValueError: the file is damaged, or of a variant that is not read.
            struct.error, LookupError, OverflowError: the file is cut off.
        """

    @abstractmethod
    def decode(self, colour: bool) -> Stored:
        """Decodes a file that is whole, without turning it upright.

        Args:
            colour: answer (height, width, 3) RGB; otherwise grey as (height, width), and files in
                colour with all their channels, in any order.

        Raises:
            ValueError: the file is damaged, or of a variant that is not read.
        """

    @abstractmethod
    def _read_size(self) -> tuple[int, int]:
        """Returns (height, width) in pixels from the header; raises like :meth:`end`."""

    def _exif(self) -> bytes:
        """Returns the EXIF block; empty where there is none."""
        return b""


def upright(pixels: Stored, orientation: int) -> Stored:
    """Turns and mirrors (height, width) or (height, width, channels) pixels by EXIF's code.

    Annotators draw on the upright picture: LabelMe, CVAT, labelImg and browsers turn it first.
    """
    turned: NDArray[Any] = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)


def list_parts(parts: Iterator[_Item]) -> list[_Item]:
    """Lists the parts of a file; raises ``ValueError`` where there are absurdly many."""
    listed = list(islice(parts, _MOST_PARTS + 1))
    if len(listed) > _MOST_PARTS:
        raise ValueError(f"it is damaged: more than {_MOST_PARTS:,} parts")
    return listed


def decode_by_opencv(content: bytes, colour: bool) -> Stored:
    """Decodes as :meth:`ImageFile.decode` says, whatever the format."""
    in_colour = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    flags = in_colour if colour else cv2.IMREAD_UNCHANGED
    pixels: Any = None
    with suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    if pixels is None:
        raise ValueError(DAMAGED)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"its samples are of {pixels.dtype}: save it with 8 or 16 bits")
    if colour:  # OpenCV's order is blue, green, red; swapped in place, since images may be large
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, pixels)
    return cast(Stored, pixels)
