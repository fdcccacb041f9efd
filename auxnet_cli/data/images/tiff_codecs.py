"""Checks what the codecs of TIFF can tell of a strip: how many bytes or pixels it decodes to."""

import io
import zlib

import cv2
import numpy as np
from PIL.ExifTags import Base as Tag

from auxnet_cli.data.images.jpeg import JpegFile, decode_jpeg
from auxnet_cli.data.images.lzw import lzw_length
from auxnet_cli.data.images.tiff_page import TiffPage

UNCODED, GROUP_4, LZW, JPEG, PACKBITS = 1, 4, 5, 7, 32773
DEFLATE = (8, 32946)

# Bytes counted beyond the expected ones, so that damage shows.
_MORE = 2**20
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def decoded_length(coded: bytes, codec: int, most: int) -> int:
    """Counts the bytes that a strip of any codec but GROUP_4 and JPEG decodes to, up to ``most``.

    Raises:
        ValueError: the strip is damaged.
    """
    if codec in DEFLATE:
        return _deflated_length(coded, most)
    if codec == LZW:
        return lzw_length(coded, most)
    if codec == PACKBITS:
        return _packbits_length(coded)
    return min(len(coded), most)  # nothing tells samples from fillers behind them


def _deflated_length(coded: bytes, most: int) -> int:
    """Counts the bytes, and checks the sum at the end."""
    inflater = zlib.decompressobj()
    try:
        length = len(inflater.decompress(coded, most + _MORE))
    except zlib.error:
        raise ValueError("its deflate code is wrong") from None
    if length <= most and not inflater.eof:
        raise ValueError("its deflate code has no end")
    return length


def _packbits_length(coded: bytes) -> int:
    at = length = 0
    while at < len(coded):
        run = coded[at]
        if run < 128:
            at += run + 2
            length += run + 1
        else:
            at += 2 if run > 128 else 1
            length += 257 - run if run > 128 else 0
    if at > len(coded):
        raise ValueError("its last run is cut off")
    return length


def check_jpeg(coded: bytes, width: int, heights: tuple[int, ...]) -> None:
    """Checks a strip of JPEG, which must have a width and one of some heights, in pixels.

    Raises:
        ValueError: the strip is damaged.
        struct.error, LookupError: the strip is cut off.
    """
    if not JpegFile.signature.match(coded):
        raise ValueError("it is no JPEG")
    picture = JpegFile(coded)
    if picture.width != width or picture.height not in heights:
        raise ValueError(f"it has {picture.width} x {picture.height} pixels instead of its own")
    picture.end()
    decode_jpeg(coded, grey=True)


def check_fax(coded: bytes, width: int, rows: int, bits_reversed: bool) -> None:
    """Checks a strip of CCITT Group 4, in which TIFF keeps black and white, as masks are.

    Decoders carry on past a wrong code. But an image has a single code (T.6, ITU-T, 1988): a strip
    is whole if encoding the decoded pixels gives the same bits.

    Raises:
        ValueError: the strip is damaged, or coded in another way than all writers code it.
    """
    from PIL import Image

    if bits_reversed:
        coded = coded.translate(_REVERSED)
    alone = np.frombuffer(_fax_file(coded, width, rows), np.uint8)
    pixels = cv2.imdecode(alone, cv2.IMREAD_GRAYSCALE)
    if pixels is None or pixels.shape != (rows, width):
        raise ValueError("its code is wrong")
    stream = io.BytesIO()
    options = {"compression": "group4", "strip_size": 2**31 - 1}
    Image.fromarray(pixels > 0).save(stream, "TIFF", **options)
    page = TiffPage(stream.getvalue())
    start, size = page[Tag.StripOffsets], page[Tag.StripByteCounts]
    expected = page.content[start : start + size]
    if coded.rstrip(b"\0") != expected.rstrip(b"\0"):
        raise ValueError("its code is wrong")


def _fax_file(coded: bytes, width: int, rows: int) -> bytes:
    """Returns a TIFF file of a single strip."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    directory = ImageFileDirectory_v2()
    directory.update({Tag.ImageWidth: width, Tag.ImageLength: rows, Tag.Compression: GROUP_4})
    directory.update({Tag.PhotometricInterpretation: 1, Tag.StripByteCounts: len(coded)})
    directory[Tag.StripOffsets] = 0  # counted from the end of the directory
    stream = io.BytesIO()
    directory.save(stream)
    return stream.getvalue() + coded
