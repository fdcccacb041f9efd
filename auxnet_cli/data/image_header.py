"""What an image file says of itself before a pixel is decoded: its size, and whether it is whole.

Decoders start by setting aside memory for the size that a file claims, and some fill the missing
end of a file with grey and carry on: so both are checked here first.
"""

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
_END_OF_JPEG = b"\xff\xd9"
# Start-of-frame markers; C4, C8 and CC are other things.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA


def header_size(content: bytes) -> tuple[int, int]:
    """(height, width) in pixels from the header of a PNG, JPEG, BMP, TIFF or WebP file.

    Raises:
        ValueError: another format, or the file ends within its header.
    """
    try:
        if content.startswith(PNG):
            width, height = struct.unpack_from(">II", content, 16)
        elif content.startswith(JPEG):
            height, width = _jpeg_size(content)
        elif content.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", content, 18)
            height = abs(height)  # negative: the rows are stored from the top
        elif content[:4] in (b"II*\0", b"MM\0*"):
            height, width = _tiff_size(content)
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            height, width = _webp_size(content)
        else:
            raise ValueError("it is no PNG, JPEG, BMP, TIFF or WebP image")
    except (struct.error, IndexError, KeyError):
        raise ValueError("it is cut off within its header") from None
    if height < 1 or width < 1:
        raise ValueError(f"its header says {width} x {height} pixels")
    return height, width


def check_whole(content: bytes) -> None:
    """Check that a file reaches its own end mark; PNG's check sums are checked too.

    Raises:
        ValueError: it is cut off or damaged.
    """
    whole = True
    if content.startswith(PNG):
        whole = _png_reaches_end(content)
    elif content.startswith(JPEG):
        # Within coded data FF is always followed by 00 or a restart mark, so that an end mark found
        # after the first scan's start cannot be pixels. A thumbnail's lies before it.
        whole = _END_OF_JPEG in _jpeg_scans(content)
    elif content[:4] == b"RIFF":
        whole = struct.unpack_from("<I", content, 4)[0] + 8 <= len(content)
    if not whole:
        raise ValueError("it is cut off before its end")


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
    for kind, start, end in _png_chunks(content):
        if kind in (b"IDAT", b"IEND"):
            kept.append(content[start:end])
    return b"".join(kept), bits


def _png_chunks(content: bytes) -> list[tuple[bytes, int, int]]:
    """(kind, start, end) of each chunk, as far as the file reaches."""
    chunks, at = [], len(PNG)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunks.append((kind, at, at + 12 + length))
        at += 12 + length
        if kind == b"IEND":
            break
    return chunks


def _png_reaches_end(content: bytes) -> bool:
    chunks = _png_chunks(content)
    if not chunks or chunks[-1][0] != b"IEND" or chunks[-1][2] > len(content):
        return False
    for kind, start, end in chunks:
        (expected,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(memoryview(content)[start + 4 : end - 4]) != expected:
            raise ValueError(f"it is damaged: wrong check sum in its {kind.decode('latin-1')} part")
    return True


def _jpeg_segments(content: bytes) -> list[tuple[int, int]]:
    """(marker, position of its length field) of each segment up to the first scan."""
    segments, at = [], 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:  # padding
            at += 1
        if content[at] != 0xFF:
            raise ValueError("it is damaged: no JPEG marker where one must stand")
        marker = content[at + 1]
        segments.append((marker, at + 2))
        if marker == _START_OF_SCAN:
            return segments
        at += 2 if marker == 0x01 else 2 + struct.unpack_from(">H", content, at + 2)[0]


def _jpeg_size(content: bytes) -> tuple[int, int]:
    for marker, at in _jpeg_segments(content):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return height, width
    raise ValueError("it is damaged: a JPEG without a frame")


def _jpeg_scans(content: bytes) -> bytes:
    try:
        return content[_jpeg_segments(content)[-1][1] :]
    except (struct.error, IndexError):
        return b""  # it ends before the first scan


def _tiff_size(content: bytes) -> tuple[int, int]:
    order = "<" if content[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    (entries,) = struct.unpack_from(f"{order}H", content, at)
    values = {}
    for entry in range(entries):
        start = at + 2 + 12 * entry
        tag, kind = struct.unpack_from(f"{order}HH", content, start)
        if tag in (256, 257):
            values[tag] = struct.unpack_from(
                f"{order}{'H' if kind == 3 else 'I'}", content, start + 8
            )[0]
    return values[257], values[256]


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
