"""What is unusual in an image file, for the audit: a turn, more pages, a wrong name, its depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.header import file_kind, number_of_pages
from auxnet_cli.data.images.orientation import orientation
from auxnet_cli.documents.dataset_card import DEPTHS

_NAMES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WebP",
}
# Of a set, and of bits: so few images, so much brighter than the rest, are worth a word.
_FEW, _MUCH = 0.05, 4


@dataclass(frozen=True)
class ImageTraits:
    """What an image file is.

    Attributes:
        kind: of the content, as ``image_header.file_kind`` names it.
        orientation: EXIF's code of the turn, 1-8; 1 is none.
        pages: of a TIFF or an animation; the first is read.
        highest: the highest sample of a file of 16 bits; 0 of one of 8.
    """

    kind: str
    orientation: int
    pages: int
    highest: int

    @classmethod
    def of(cls, content: bytes, stored: NDArray[np.uint8] | NDArray[np.uint16]) -> "ImageTraits":
        """The traits of a file that could be decoded, and its samples as stored."""
        highest = int(stored.max()) if stored.dtype == np.uint16 else 0
        return cls(file_kind(content), orientation(content), number_of_pages(content), highest)

    def note(self, file: str, audit: Audit) -> None:
        """Add what is unusual to the audit, under the name ``file``."""
        suffix = PurePosixPath(file).suffix
        named = _NAMES.get(suffix.lower())
        if named and named != self.kind:
            detail = f"called {suffix}, but its content is {self.kind}"
            audit.add("name-differs-from-content", file, detail, "read by its content")
        if self.orientation != 1:
            detail = f"EXIF's orientation is {self.orientation}, and labels are of upright images"
            audit.add("rotation-flag", file, detail, "turned upright when read")
        if self.pages > 1:
            audit.add("several-pages", file, f"{self.pages} pages", "first page read")


def find_bits(highest: Sequence[int], files: Sequence[str], audit: Audit) -> int | None:
    """How many bits the camera of a whole set has: the fewest of 10, 12, 14 and 16 that hold it.

    It is found over the set, since an image by itself does not tell: a dark one of 12 bits may look
    like a bright one of 10, and would come out brighter than it is. What files say of it is no
    help: PNG's sBIT is of samples that were scaled up to 16 bits, and TIFF's MaxSampleValue is
    often the image's own.

    Args:
        highest: sample of each image that is used; 0 where it has 8 bits.
        files: their paths below the source.
        audit: takes the depth, and the few images that alone ask for a greater one.

    Returns:
        The depth; ``None`` where every image has 8 bits.
    """
    deep = sorted((value, file) for value, file in zip(highest, files, strict=True) if value)
    if not deep:
        return None
    bits = depth_of(deep[-1][0])
    usual = depth_of(deep[int((1 - _FEW) * (len(deep) - 1))][0])
    detail = f"{len(deep)} images of 16 bits, whose samples reach {deep[-1][0]}"
    audit.add("camera-bits", "", detail, f"read as {bits} bits: {2**bits - 1} is white")
    for value, file in deep:
        if bits - usual >= _MUCH and depth_of(value) > usual:
            detail = (
                f"its samples reach {value}, those of most stay below {2**usual}: they are dark"
            )
            audit.add("bit-depth-outlier", file, detail, f"all read as {bits} bits, most are dark")
    return bits


def depth_of(highest: int) -> int:
    """The fewest of 10, 12, 14 and 16 bits that hold a sample."""
    return next(bits for bits in DEPTHS if highest < 2**bits)
