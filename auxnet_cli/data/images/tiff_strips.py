"""Checks that each strip or tile of a TIFF's first page is there, and decodes to its full length.

OpenCV asks libtiff for colours, and then libtiff fills what it cannot decode with black. So each
strip is checked before a decoder gets the file.
"""

from collections.abc import Iterator

from PIL.ExifTags import Base as Tag

from auxnet_cli.data.images.image_file import TRUNCATED
from auxnet_cli.data.images.tiff_codecs import GROUP_4, JPEG, check_fax, check_jpeg, decoded_length
from auxnet_cli.data.images.tiff_page import TiffPage

_MAX_TILE = 2**26


def check_strips(page: TiffPage) -> int:
    """Checks that every strip or tile is whole.

    Returns:
        Where the last of them ends in the file.

    Raises:
        ValueError: a strip is damaged, or not where the directory says.
        struct.error: the file ends within the directory.
    """
    last = 0
    codec, tables = page.get(Tag.Compression), bytes(page.all(Tag.JPEGTables))
    bits = page.get(Tag.BitsPerSample) * page.get(Tag.SamplesPerPixel) // page.planes
    full, width, tiled = _full_size(page)
    row = (width * bits + 7) // 8
    for number, (start, end, rows) in enumerate(_strips(page, full, width, tiled), 1):
        last = max(last, end)
        coded = page.content[start:end]
        try:
            # Some writers fill up the last strip.
            if codec == JPEG:
                whole = tables[:-2] + coded[2:] if tables else coded
                check_jpeg(whole, width, (rows, full))
            elif codec == GROUP_4:
                check_fax(coded, width, rows, page.bits_reversed)
            elif decoded_length(coded, codec, row * full) not in (row * rows, row * full):
                raise ValueError("it holds more or fewer pixels than belong to it")
        except (ValueError, *TRUNCATED) as error:
            reason = str(error) if isinstance(error, ValueError) else "it is cut off"
            raise ValueError(f"strip or tile {number} is damaged: {reason}") from None
    return last


def _full_size(page: TiffPage) -> tuple[int, int, bool]:
    """Returns rows and columns of a full strip or tile, and whether they are tiles."""
    rows, columns = page.get(Tag.TileLength, -1), page.get(Tag.TileWidth, -1)
    if rows >= 0 or columns >= 0:
        if rows < 1 or columns < 1 or rows * columns > _MAX_TILE:
            raise ValueError("its tiles claim to be larger than any image that is taken")
        return rows, columns, True
    height = page[Tag.ImageLength]
    rows = min(page.get(Tag.RowsPerStrip, height), height)
    if rows < 1:
        raise ValueError("its strips have no rows")
    return rows, page[Tag.ImageWidth], False


def _strips(page: TiffPage, full: int, columns: int, tiled: bool) -> Iterator[tuple[int, int, int]]:
    """Returns start and end in the file, and the rows, of each strip or tile."""
    height, width = page[Tag.ImageLength], page[Tag.ImageWidth]
    # Some writers list tiles as strips.
    tile_starts, tile_sizes = page.all(Tag.TileOffsets), page.all(Tag.TileByteCounts)
    starts = (tiled and tile_starts) or page.all(Tag.StripOffsets)
    sizes = (tiled and tile_sizes) or page.all(Tag.StripByteCounts)
    tops = range(0, height, full)
    number = page.planes * len(tops) * -(-width // columns)
    if len(starts) != number or len(sizes) != number:
        raise ValueError(f"it lists {len(starts)} strips or tiles, but {number} make it up")
    rows = [full] * number if tiled else [min(full, height - top) for top in tops] * page.planes
    for start, size, inside in zip(starts, sizes, rows, strict=True):
        if start + size > len(page.content):
            raise ValueError("it is cut off before its end")
        yield start, start + size, inside
