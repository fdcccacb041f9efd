"""What an image file says of itself before a pixel is decoded: kind, size, whether it is whole.

Decoders start by setting aside memory for the size that a file claims, and some fill the missing
end of a file with grey and carry on, or pass over whatever follows: so all of it is checked here
first.
"""

import struct
import zlib

from auxnet_cli.data.images.containers import (
    JPEG,
    PNG,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)
from auxnet_cli.data.images.jpeg import jpeg_end, jpeg_size
from auxnet_cli.data.images.tiff_header import MAGICS, count_pages, read_tiff
from auxnet_cli.data.images.tiff_strips import check_strips
from auxnet_cli.data.images.webp import check_webp, webp_size

_APP2 = 0xE2
_PICTURE_INDEX = b"MPF\0"


def file_kind(content: bytes) -> str:
    """PNG, JPEG, BMP, TIFF or WebP, by the first bytes; ``""`` where a file is none of them."""
    if content.startswith(PNG):
        return "PNG"
    if content.startswith(JPEG):
        return "JPEG"
    if content.startswith(b"BM"):
        return "BMP"
    if content[:4] in MAGICS:
        return "TIFF"
    return "WebP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def header_size(content: bytes) -> tuple[int, int]:
    """(height, width) in pixels from the header of a PNG, JPEG, BMP, TIFF or WebP file, as stored.

    Raises:
        ValueError: another format, or the file ends within its header.
    """
    sizes = {
        "PNG": _png_size,
        "JPEG": jpeg_size,
        "BMP": _bmp_size,
        "TIFF": _tiff_size,
        "WebP": webp_size,
    }
    kind = file_kind(content)
    if not kind:
        raise ValueError("it is no PNG, JPEG, BMP, TIFF or WebP image")
    try:
        height, width = sizes[kind](content)
    except (struct.error, IndexError, KeyError):
        raise ValueError("it is cut off within its header") from None
    if height < 1 or width < 1:
        raise ValueError(f"its header says {width} x {height} pixels")
    return height, width


def check_whole(content: bytes) -> None:
    """Check that a file reaches its own end mark, and that no other image follows.

    PNG's check sums, the strips of TIFF and the end of WebP's data are checked too.

    Raises:
        ValueError: it is cut off or damaged, or of a variant that is not decoded rightly.
    """
    ends = {"PNG": _png_end, "JPEG": jpeg_end, "BMP": _bmp_end, "TIFF": _tiff_end}
    try:
        end = (ends.get(file_kind(content)) or _webp_end)(content)
    except (struct.error, IndexError):
        end = len(content) + 1
    if end > len(content):
        raise ValueError("it is cut off before its end")
    rest = content[end : end + 4096].lstrip(b"\0")
    if file_kind(rest) and not _lists_pictures(content):
        raise ValueError("another image follows behind its end: save each in a file of its own")


def number_of_pages(content: bytes) -> int:
    """How many pages a TIFF, or pictures an animated PNG or WebP has; 1 of any other file."""
    kind = file_kind(content)
    if kind == "TIFF":
        return count_pages(content, read_tiff(content))
    if kind == "PNG":
        counts = [start for name, start, _ in png_chunks(content) if name == b"acTL"]
        return struct.unpack_from(">I", content, counts[0] + 8)[0] if counts else 1
    if kind == "WebP":
        return max(1, sum(name == b"ANMF" for name, *_ in webp_chunks(content)))
    return 1


def plain_samples(content: bytes) -> tuple[bytes, int]:
    """A PNG with a palette, or with fewer than 8 bits, relabelled as grey, and its bits a sample.

    Index masks are often saved with a palette. OpenCV would answer the palette's colours, but the
    numbers looked for are the samples. Any other file comes back as it is, with 8 or 16.
    """
    if not content.startswith(PNG):
        return content, 8
    bits, colour = content[24], content[25]
    if colour != 3:
        return content, bits
    header = b"IHDR" + content[16:25] + b"\0" + content[26:29]
    start = [struct.pack(">I", 13), header, struct.pack(">I", zlib.crc32(header))]
    return b"".join([PNG, *start, *_chunks(content, {b"IDAT", b"IEND"})]), bits


def still(content: bytes) -> bytes:
    """A PNG of nothing but its still image: no animation, opacity or profile.

    Where the image is no part of its animation, decoders answer the animation instead; the others
    are of no use here, and libpng complains of them on standard error.
    """
    return b"".join([PNG, *_chunks(content, {b"IHDR", b"PLTE", b"IDAT", b"IEND"})])


def _chunks(content: bytes, kinds: set[bytes]) -> list[bytes]:
    return [content[start:end] for kind, start, end in png_chunks(content) if kind in kinds]


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return height, width


def _png_end(content: bytes) -> int:
    chunks = png_chunks(content)
    if not chunks or chunks[-1][0] != b"IEND" or chunks[-1][2] > len(content):
        return len(content) + 1
    for kind, start, end in chunks:
        (expected,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(memoryview(content)[start + 4 : end - 4]) != expected:
            raise ValueError(f"it is damaged: wrong check sum in its {kind.decode('latin-1')} part")
    return chunks[-1][2]


def _lists_pictures(content: bytes) -> bool:
    """Whether a JPEG has an index of more pictures, as cameras write that append previews."""
    if not content.startswith(JPEG):
        return False
    return any(
        marker == _APP2 and content.startswith(_PICTURE_INDEX, at + 2)
        for marker, at in jpeg_segments(content)
    )


def _bmp_size(content: bytes) -> tuple[int, int]:
    if struct.unpack_from("<I", content, 14)[0] == 12:  # OS/2's, with short sides
        width, height = struct.unpack_from("<HH", content, 18)
    else:
        width, height = struct.unpack_from("<ii", content, 18)
    return abs(height), width  # negative: the rows are stored from the top


def _bmp_end(content: bytes) -> int:
    height, width = _bmp_size(content)
    start, header = struct.unpack_from("<I", content, 10)[0], struct.unpack_from("<I", content, 14)
    (bits,) = struct.unpack_from("<H", content, 24 if header[0] == 12 else 28)
    packed = header[0] != 12 and struct.unpack_from("<I", content, 30)[0] in (1, 2)
    end: int = start if packed else start + (width * bits + 31) // 32 * 4 * height
    return end


def _tiff_end(content: bytes) -> int:
    header = read_tiff(content)
    header.check()
    end = check_strips(content, header)
    # More pages may lie anywhere.
    return len(content) if header.next_page else min(max(end, header.end), len(content))


def _webp_end(content: bytes) -> int:
    end: int = struct.unpack_from("<I", content, 4)[0] + 8
    if end <= len(content):
        check_webp(content)
    return end


def _tiff_size(content: bytes) -> tuple[int, int]:
    return read_tiff(content).size
