"""What an image file says of itself before a pixel is decoded: kind, size, whether it is whole.

Decoders start by setting aside memory for the size that a file claims, and some fill the missing
end of a file with grey and carry on: so both are checked here first.
"""

import struct
import zlib

from auxnet_cli.data.image_parts import (
    JPEG,
    PNG,
    START_OF_SCAN,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)
from auxnet_cli.data.tiff_header import MAGICS, count_pages, read_tiff

_END_OF_JPEG = b"\xff\xd9"
# Start-of-frame markers; C4, C8 and CC are other things.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# A progressive JPEG of a few kilobytes can ask for millions of pixels to be gone over a thousand
# times. Cameras and programs write a dozen scans; this is 20 of the largest image that is taken.
_MOST_WORK = 4_000_000_000
_SCAN = bytes((0xFF, START_OF_SCAN))


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
        "JPEG": _jpeg_size,
        "BMP": _bmp_size,
        "TIFF": _tiff_size,
        "WebP": _webp_size,
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
    """Check that a file reaches its own end mark; PNG's check sums are checked too.

    Raises:
        ValueError: it is cut off or damaged, or of a variant that is not decoded rightly.
    """
    kind, whole = file_kind(content), True
    if kind == "PNG":
        whole = _png_reaches_end(content)
    elif kind == "JPEG":
        # Within coded data FF is always followed by 00 or a restart mark, so that an end mark found
        # after the first scan's start cannot be pixels. A thumbnail's lies before it.
        scans = _jpeg_scans(content)
        whole = _END_OF_JPEG in scans
        height, width = _jpeg_size(content)
        number = 1 + scans.count(_SCAN)
        if number * height * width > _MOST_WORK:
            raise ValueError(f"going over {width} x {height} pixels {number} times takes too long")
    elif kind == "BMP":
        whole = _bmp_reaches_end(content)
    elif kind == "TIFF":
        read_tiff(content).check()
    elif kind == "WebP":
        whole = struct.unpack_from("<I", content, 4)[0] + 8 <= len(content)
    if not whole:
        raise ValueError("it is cut off before its end")


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
    kept = [PNG, struct.pack(">I", 13), header, struct.pack(">I", zlib.crc32(header))]
    for kind, start, end in png_chunks(content):
        if kind in (b"IDAT", b"IEND"):
            kept.append(content[start:end])
    return b"".join(kept), bits


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    return height, width


def _png_reaches_end(content: bytes) -> bool:
    chunks = png_chunks(content)
    if not chunks or chunks[-1][0] != b"IEND" or chunks[-1][2] > len(content):
        return False
    for kind, start, end in chunks:
        (expected,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(memoryview(content)[start + 4 : end - 4]) != expected:
            raise ValueError(f"it is damaged: wrong check sum in its {kind.decode('latin-1')} part")
    return True


def _jpeg_size(content: bytes) -> tuple[int, int]:
    for marker, at in jpeg_segments(content):
        if marker in _FRAMES:
            bits, height, width = struct.unpack_from(">BHH", content, at + 2)
            if bits != 8:
                raise ValueError(f"it is a JPEG of {bits} bits, but 8 are read")
            return height, width
    raise ValueError("it is damaged: a JPEG without a frame")


def _jpeg_scans(content: bytes) -> bytes:
    try:
        return content[jpeg_segments(content)[-1][1] :]
    except (struct.error, IndexError):
        return b""  # it ends before the first scan


def _bmp_size(content: bytes) -> tuple[int, int]:
    if struct.unpack_from("<I", content, 14)[0] == 12:  # OS/2's, with short sides
        width, height = struct.unpack_from("<HH", content, 18)
    else:
        width, height = struct.unpack_from("<ii", content, 18)
    return abs(height), width  # negative: the rows are stored from the top


def _bmp_reaches_end(content: bytes) -> bool:
    height, width = _bmp_size(content)
    start, header = struct.unpack_from("<I", content, 10)[0], struct.unpack_from("<I", content, 14)
    try:
        (bits,) = struct.unpack_from("<H", content, 24 if header[0] == 12 else 28)
        packed = header[0] != 12 and struct.unpack_from("<I", content, 30)[0] in (1, 2)
    except struct.error:
        return False
    return packed or start + (width * bits + 31) // 32 * 4 * height <= len(content)


def _tiff_size(content: bytes) -> tuple[int, int]:
    return read_tiff(content).size


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", content, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
    return height, width
