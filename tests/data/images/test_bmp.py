import io
import struct

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.bmp import decode_bmp
from auxnet_cli.data.images.reading import decode_image, read_mask
from auxnet_cli.errors import InputError

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
    image = decode_bmp(bmp(RED << 11, 16, (0xF800, 0x7E0, 0x1F)))
    assert np.abs(image[..., 0] - RED * 255 / 31).max() < 1
    assert image[-1, -1].tolist() == [255, 0, 0]
    assert decode_bmp(bmp(RED << 10, 16))[-1, -1].tolist() == [255, 0, 0]


def test_32_bits_with_masks_in_a_longer_header():
    # rgb32h52 of the bmpsuite: the masks belong to the header.
    content = bmp(RED << 16 | 0x0700, 32, (0xFF0000, 0xFF00, 0xFF), header=52)
    assert decode_bmp(content)[1, 2].tolist() == [10, 7, 0]


def test_unusual_masks_are_refused():
    # rgb32bf of the bmpsuite.
    content = bmp(RED << 20, 32, (0x0FF00000, 0x000FF000, 0x00000FF0))
    with pytest.raises(InputError, match=r"a\.bmp cannot be decoded.*bitfields"):
        decode_image(content, "a.bmp")


@pytest.mark.parametrize(("coding", "name"), [(1, "8 bits with RLE"), (4, "8 bits with JPEG")])
def test_packed_bitmaps_are_refused_by_name(coding, name):
    with pytest.raises(InputError, match=f"a BMP of {name}"):
        decode_image(bmp(RED, 8, coding=coding) + bytes(2000), "a.bmp")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_common_bitmaps(mode):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 13, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).convert(mode)
    stream = io.BytesIO()
    image.save(stream, "BMP")
    assert np.array_equal(decode_bmp(stream.getvalue()), np.asarray(image.convert("RGB")))


def test_a_mask(tmp_path):
    path = tmp_path / "a.bmp"
    Image.fromarray(RED.astype(np.uint8) * 8).save(path)
    assert np.array_equal(read_mask(path), RED * 8)


def test_pillows_own_limit_does_not_count(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decode_bmp(bmp(RED, 32)).shape == (4, 8, 3)
