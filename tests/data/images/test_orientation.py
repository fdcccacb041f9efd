import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from auxnet_cli.data.images.orientation import orientation, upright
from auxnet_cli.data.images.reading import image_size, read_image

BLOCKS = np.kron(np.array([[20, 90, 160], [240, 130, 60]], np.uint8), np.ones((16, 16), np.uint8))


def turned(kind, code):
    exif = Image.Exif()
    exif[0x0112] = code
    stream = io.BytesIO()
    options = {"lossless": True} if kind == "WEBP" else {}
    image = Image.fromarray(np.dstack([BLOCKS] * 3))
    image.save(stream, kind, exif=exif, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("code", range(1, 9))
def test_images_are_read_upright_as_by_pillow(tmp_path, kind, code):
    content = turned(kind, code)
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    other = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    image = read_image(path)
    assert orientation(content) == code
    assert image.shape[:2] == image_size(path) == ((32, 48) if code < 5 else (48, 32))
    assert np.abs(image.astype(int) - np.asarray(other)).max() <= 2


@pytest.mark.parametrize("code", range(1, 9))
def test_turning_back_gives_the_same(code):
    pixels = np.arange(24).reshape(2, 4, 3)
    back = {6: 8, 8: 6}.get(code, code)
    assert np.array_equal(upright(upright(pixels, code), back), pixels)
    assert upright(pixels, code).flags["C_CONTIGUOUS"]


def test_flags_that_make_no_sense_are_none():
    assert orientation(turned("JPEG", 9)) == 1
    assert orientation(b"\xff\xd8\xff\xe1\0\x08Exif\0\0") == 1
    assert orientation(b"BM") == orientation(b"") == 1
    exif = b"II*\0" + struct.pack("<IH", 8, 60000)
    chunk = b"eXIf" + exif
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(exif)) + chunk
    assert orientation(png + struct.pack(">I", zlib.crc32(chunk))) == 1


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF"]), st.integers(0, 400), st.integers(0, 255))
def test_any_byte_may_be_wrong(kind, place, value):
    content = bytearray(turned(kind, 6))
    content[place % len(content)] = value
    assert 1 <= orientation(bytes(content)) <= 8
    assert 1 <= orientation(bytes(content[:place])) <= 8
