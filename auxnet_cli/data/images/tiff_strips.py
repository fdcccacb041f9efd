"""The strips and tiles of a TIFF's first page: each must be there, and decode to its full length.

libtiff makes black of what it cannot decode when it is asked for colours, as OpenCV asks it to. So
each strip is looked at before a decoder gets the file.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from auxnet_cli.data.images.containers import JPEG as START_OF_JPEG
from auxnet_cli.data.images.fax import check_fax
from auxnet_cli.data.images.jpeg import decode_jpeg, jpeg_end, jpeg_size
from auxnet_cli.data.images.lzw import lzw_length
from auxnet_cli.data.images.tiff_header import DEFLATE, GROUP_4, JPEG, LZW, PACKBITS, TiffHeader

_STRIP_PLACES, _STRIP_ROWS, _STRIP_SIZES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_PLACES, _TILE_SIZES = 322, 323, 324, 325
_JPEG_TABLES = 347
_MAX_TILE = 2**26
_CHUNK = 2**20


@dataclass(frozen=True)
class _Strip:
    """A strip or a tile, as the directory describes it.

    Attributes:
        start, size: bytes of the file.
        width: pixels.
        rows: that belong to the image.
        full_rows: that strips of this file have; some writers fill up the last one.
    """

    start: int
    size: int
    width: int
    rows: int
    full_rows: int


def check_strips(content: bytes, header: TiffHeader) -> int:
    """Check that every strip or tile is whole.

    Returns:
        Where the last of them ends in the file.

    Raises:
        ValueError: one is damaged, or not where the directory says.
        struct.error: the file ends within the directory.
    """
    end = 0
    tables = bytes(header.values(content, _JPEG_TABLES))
    bits = header.bits * (1 if header.in_planes else header.samples)
    for number, strip in enumerate(_strips(content, header)):
        coded = content[strip.start : strip.start + strip.size]
        end = max(end, strip.start + strip.size)
        row = (strip.width * bits + 7) // 8
        sizes = (row * strip.rows, row * strip.full_rows)
        try:
            if header.codec == JPEG:
                _check_jpeg(tables[:-2] + coded[2:] if tables else coded, strip)
            elif header.codec == GROUP_4:
                check_fax(coded, strip.width, strip.rows, header)
            elif _length(coded, header.codec, max(sizes)) not in sizes:
                raise ValueError("it holds more or fewer pixels than belong to it")
        except (ValueError, IndexError, struct.error) as error:
            reason = str(error) if isinstance(error, ValueError) else "it is cut off"
            raise ValueError(f"strip or tile {number + 1} is damaged: {reason}") from None
    return end


def _strips(content: bytes, header: TiffHeader) -> Iterator[_Strip]:
    height, width = header.size
    tiled = _TILE_WIDTH in header.tags or _TILE_HEIGHT in header.tags
    if tiled:
        rows, columns = header.tags.get(_TILE_HEIGHT, 0), header.tags.get(_TILE_WIDTH, 0)
        if rows < 1 or columns < 1 or rows * columns > _MAX_TILE:
            raise ValueError("its tiles claim to be larger than any image that is taken")
    else:
        rows, columns = min(header.tags.get(_STRIP_ROWS, height), height), width
        if rows < 1:
            raise ValueError("its strips have no rows")
    # Some writers list tiles as strips.
    places, sizes = (
        (tiled and header.values(content, tile)) or header.values(content, strip)
        for tile, strip in ((_TILE_PLACES, _STRIP_PLACES), (_TILE_SIZES, _STRIP_SIZES))
    )
    planes = header.samples if header.in_planes else 1
    tops = range(0, height, rows)
    number = planes * len(tops) * -(-width // columns)
    if len(places) != number or len(sizes) != number:
        raise ValueError(f"it lists {len(places)} strips or tiles, but {number} make it up")
    heights = [rows] * number if tiled else [min(rows, height - top) for top in tops] * planes
    for start, size, own in zip(places, sizes, heights, strict=True):
        if start + size > len(content):
            raise ValueError("it is cut off before its end")
        yield _Strip(start, size, columns, own, rows)


def _length(coded: bytes, codec: int, most: int) -> int:
    """Bytes that a strip decodes to, where the codec can tell; counting stops behind ``most``."""
    if codec in DEFLATE:
        return _deflated_length(coded, most)
    if codec == LZW:
        return lzw_length(coded, most)
    if codec == PACKBITS:
        return _packbits_length(coded)
    return min(len(coded), most)  # nothing tells samples from fillers behind them


def _deflated_length(coded: bytes, most: int) -> int:
    """The length, if the check sum at the end is right."""
    inflater, length = zlib.decompressobj(), 0
    try:
        while not inflater.eof and length <= most:
            made = len(inflater.decompress(coded, _CHUNK))
            coded = inflater.unconsumed_tail
            length += made
            if not made and not coded:
                break
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


def _check_jpeg(coded: bytes, strip: _Strip) -> None:
    if not coded.startswith(START_OF_JPEG):
        raise ValueError("it is no JPEG")
    height, width = jpeg_size(coded)
    if width != strip.width or height not in (strip.rows, strip.full_rows):
        raise ValueError(f"it has {width} x {height} pixels instead of its own")
    jpeg_end(coded)
    decode_jpeg(coded, grey=True)
