"""Reads TIFF by OpenCV, once it is known to be of a variant that is decoded rightly, and whole."""

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from PIL.ExifTags import Base as Tag

from auxnet_cli.data.images.image_file import ImageFile, Stored, decode_by_opencv
from auxnet_cli.data.images.tiff_codecs import DEFLATE, GROUP_4, JPEG, LZW, PACKBITS, UNCODED
from auxnet_cli.data.images.tiff_page import TiffPage
from auxnet_cli.data.images.tiff_strips import check_strips

_CODECS = {
    "no compression": [UNCODED],
    "CCITT RLE": [2],
    "CCITT Group 3": [3],
    "CCITT Group 4": [GROUP_4],
    "LZW": [LZW],
    "old-style JPEG": [6],
    "JPEG": [JPEG],
    "deflate": [*DEFLATE],
    "JBIG": [9, 10, 34661],
    "PackBits": [PACKBITS],
    "JPEG XR": [22610, 34934],
    "JPEG 2000": [33003, 33004, 33005, 33007, 34712],
    "SGI LogLuv": [34676, 34677],
    "LERC": [34887],
    "lossy JPEG": [34892],
    "LZMA": [34925],
    "ZSTD": [34926, 50000],
    "WebP": [34927, 50001],
    "PNG": [34933],
    "JPEG XL": [50002, 52546],
}
_CODEC_NAMES = {code: name for name, codes in _CODECS.items() for code in codes}
# All of these tell a whole strip from a damaged one; of the others a decoder may make black.
_TAKEN = (UNCODED, GROUP_4, LZW, JPEG, *DEFLATE, PACKBITS)
_FORMATS = {2: "signed", 3: "floating-point", 5: "complex", 6: "complex"}
_WHITE_IS_ZERO, _YCBCR = 0, 6
# By number: the name, bits of a sample, and samples of a pixel.
_COLOUR_SPACES: dict[int, tuple[str, Sequence[int], Sequence[int]]] = {
    _WHITE_IS_ZERO: ("grey", (1, 8, 10, 12, 14, 16), (1, 2)),
    1: ("grey", (1, 8, 10, 12, 14, 16), (1, 2)),
    2: ("RGB", (8, 16), (3, 4)),
    3: ("a palette", (1, 4, 8), (1,)),
    5: ("CMYK", (8,), (4,)),
    _YCBCR: ("YCbCr", (8,), (3,)),
}
# Opacity that colours are stored free of: libtiff would multiply it in.
_FREE_ALPHA = 2


class TiffFile(ImageFile):
    """A TIFF or BigTIFF file."""

    kind = "TIFF"
    suffixes = (".tif", ".tiff")
    signature = re.compile(rb"II[*+]\0|MM\0[*+]")

    @property
    def pages(self) -> int:
        """Pages of the file; the first is read."""
        return self._page.count_pages()

    @property
    def orientation(self) -> int:
        """The code of the turn that makes the image upright, 1-8; 1 is none."""
        return self._page.orientation

    def end(self) -> int:
        """Checks the variant and each strip; further pages may lie anywhere in the file."""
        self._check_variant()
        end = max(check_strips(self._page), self._page.end)
        return len(self.content) if self._page.next_page else min(end, len(self.content))

    def decode(self, colour: bool) -> Stored:
        """Decodes the first page.

        Decoders apply orientation, white-is-zero and opacity to some kinds of file and not to
        others, by version. So they are struck out of the file that OpenCV gets.
        """
        page = self._page
        white_is_zero = page.get(Tag.PhotometricInterpretation) == _WHITE_IS_ZERO
        changes = {Tag.Orientation: 1} if page.orientation != 1 else {}
        if white_is_zero:
            changes[Tag.PhotometricInterpretation] = 1
        if page.get(Tag.ExtraSamples) == _FREE_ALPHA:
            changes[Tag.ExtraSamples] = 0
        pixels = decode_by_opencv(page.changed(changes) if changes else self.content, colour)
        return np.invert(pixels, out=pixels) if white_is_zero else pixels

    def _read_size(self) -> tuple[int, int]:
        return self._page[Tag.ImageLength], self._page[Tag.ImageWidth]

    @cached_property
    def _page(self) -> TiffPage:
        return TiffPage(self.content)

    def _check_variant(self) -> None:
        """Checks that OpenCV decodes the variant of the first page rightly."""
        page = self._page
        bits, samples = page.get(Tag.BitsPerSample), page.get(Tag.SamplesPerPixel)
        code, space, predictor = (
            page.get(tag) for tag in (Tag.Compression, Tag.PhotometricInterpretation, Tag.Predictor)
        )
        codec = _CODEC_NAMES.get(code, f"codec {code}")
        if code not in _TAKEN:
            known = ", ".join(dict.fromkeys(_CODEC_NAMES[taken] for taken in _TAKEN))
            raise ValueError(
                f"it is a TIFF of {bits} bits coded with {codec}, and those with {known} are read"
            )
        numbers = _FORMATS.get(page.get(Tag.SampleFormat), "unsigned")
        if bits > 16 or numbers != "unsigned":
            raise ValueError(
                f"its samples are {numbers} numbers of {bits} bits, but 8 or 16 unsigned are read"
            )
        if bits > 8 and page.planes > 1:
            raise ValueError(f"its colours of {bits} bits are stored one after the other")
        if bits > 8 and samples not in (1, 3, 4):
            raise ValueError(f"its pixels have {samples} samples of {bits} bits")
        name, depths, counts = _COLOUR_SPACES.get(space, (f"colour space {space}", (), ()))
        if bits not in depths or samples not in counts or (bits < 8 and samples > 1):
            raise ValueError(
                f"it is a TIFF of {name} with {samples} samples of {bits} bits ({codec}), which is "
                "not read: save it as grey or RGB with 8 or 16 bits"
            )
        depth = {JPEG: 8, GROUP_4: 1}.get(code, bits)
        if bits != depth:
            raise ValueError(f"it is a TIFF of {bits} bits with {codec}, and {depth} are read")
        if space == _YCBCR and code != JPEG:
            raise ValueError(f"it is a TIFF of YCbCr with {codec}, and YCbCr with JPEG is read")
        if code not in (UNCODED, GROUP_4) and page.bits_reversed:
            raise ValueError(f"it is a TIFF with {codec} and reversed bits, which is not read")
        if predictor not in (1, 2) or (predictor == 2 and bits not in (8, 16)):
            raise ValueError(f"it is a TIFF of {bits} bits with an unknown predictor")
