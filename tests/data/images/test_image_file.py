import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from auxnet_cli.data.images.formats import open_content
from auxnet_cli.data.images.image_file import upright
from auxnet_cli.data.images.reading import decode_image
from tests.data.images.builders import chunk, saved, turn

BLOCKS = np.kron(np.array([[20, 90, 160], [240, 130, 60]], np.uint8), np.ones((16, 16), np.uint8))
KINDS = ["JPEG", "PNG", "WEBP", "TIFF"]


def turned(kind, code):
    options = {"lossless": True} if kind == "WEBP" else {}
    return saved(np.dstack([BLOCKS] * 3), kind, exif=turn(code), **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", range(1, 9))
def test_images_are_read_upright_as_by_pillow(kind, code):
    content = turned(kind, code)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    image = decode_image(content, "a")
    assert open_content(content).orientation == code
    size = (32, 48) if code < 5 else (48, 32)
    assert image.shape[:2] == open_content(content).upright_size == size
    assert np.abs(image.astype(int) - np.asarray(expected)).max() <= 2


@pytest.mark.parametrize("code", range(1, 9))
def test_turning_back_gives_the_same(code):
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    back = {6: 8, 8: 6}.get(code, code)
    assert np.array_equal(upright(upright(pixels, code), back), pixels)
    assert upright(pixels, code).flags["C_CONTIGUOUS"]


def test_flags_that_make_no_sense_are_none():
    assert open_content(turned("JPEG", 9)).orientation == 1
    jpeg, png = turned("JPEG", 1), turned("PNG", 1)
    short = b"\xff\xe1\0\x08Exif\0\0"
    assert open_content(jpeg[:2] + short + jpeg[2:]).orientation == 1
    block = chunk(b"eXIf", b"II*\0" + struct.pack("<IH", 8, 60000))
    assert open_content(png[:33] + block + png[33:]).orientation == 1
