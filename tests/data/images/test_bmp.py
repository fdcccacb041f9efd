import struct

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError
from tests.data.images.builders import NOISE, saved

RED = np.arange(32, dtype=np.uint32).reshape(4, 8)


def bmp(samples, bits, masks=(), header=40, coding=None):
    """A bitmap of (height, width) packed pixels, rows from the bottom."""
    height, width = samples.shape
    rows = samples[::-1].astype({8: "u1", 16: "<u2", 32: "<u4"}[bits]).tobytes()
    coding = (3 if masks else 0) if coding is None else coding
    info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, coding, 0, 0, 0, 0, 0)
    fields = struct.pack(f"<{len(masks)}I", *masks)
    start = 14 + len(info) + len(fields)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + info + fields + rows


def test_565_and_555_fill_the_range():
    image = decode_image(bmp(RED << 11, 16, (0xF800, 0x7E0, 0x1F)), "a")
    assert np.abs(image[..., 0] - RED * 255 / 31).max() < 1
    assert image[-1, -1].tolist() == [255, 0, 0]
    assert decode_image(bmp(RED << 10, 16), "a")[-1, -1].tolist() == [255, 0, 0]


def test_32_bits_with_masks_in_a_longer_header():
    # rgb32h52 of the bmpsuite: the masks belong to the header.
    content = bmp(RED << 16 | 0x0700, 32, (0xFF0000, 0xFF00, 0xFF), header=52)
    assert decode_image(content, "a")[1, 2].tolist() == [10, 7, 0]


def test_os2_bitmap_and_rows_stored_from_the_top():
    rows = b"".join(bytes([n, 50, 200]) * 2 + b"\0\0" for n in range(3))
    head = b"BM" + struct.pack("<IIIIHHHH", 26 + len(rows), 0, 26, 12, 2, 3, 1, 24)
    assert decode_image(head + rows, "a")[:, 0, 2].tolist() == [2, 1, 0]
    content = bytearray(bmp(RED << 10, 16))
    content[22:26] = struct.pack("<i", -4)
    assert decode_image(bytes(content), "a")[0, -1].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        # rgb32bf of the bmpsuite.
        (bmp(RED << 20, 32, (0x0FF00000, 0x000FF000, 0x00000FF0)), "cannot be decoded.*bitfields"),
        (bmp(RED, 8, coding=1) + bytes(2000), "a BMP of 8 bits with RLE"),
        (bmp(RED, 8, coding=4) + bytes(2000), "a BMP of 8 bits with JPEG"),
    ],
)
def test_unusual_masks_and_packed_rows_are_refused_by_name(content, message):
    with pytest.raises(InputError, match=message):
        decode_image(content, "a.bmp")


def test_pillows_own_limit_does_not_count(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert np.array_equal(decode_image(saved(NOISE, "BMP"), "a"), NOISE)
