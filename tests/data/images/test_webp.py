import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PICTURE = cv2.resize(NOISE, (600, 400), interpolation=cv2.INTER_CUBIC)
OPTIONS = [
    {"lossless": True},
    {"lossless": True, "quality": 100, "method": 0},
    {"quality": 80},
    {"quality": 20, "method": 6},
    {"quality": 95, "method": 0, "exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"},
]


def webp(pixels=PICTURE, **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", **options)
    return stream.getvalue()


@pytest.mark.parametrize("options", OPTIONS)
def test_whole_pictures_are_read(options):
    content = webp(**options)
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert np.abs(decode_image(content, "a").astype(int) - expected).max() <= 1


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (17, 16), (64, 300)])
def test_small_and_flat_pictures_are_read(options, size):
    height, width = size
    for pixels in (PICTURE[:height, :width], np.zeros((height, width, 3), np.uint8)):
        assert decode_image(webp(pixels, **options), "a").shape == (height, width, 3)
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 90, np.uint8)])[:height, :width]
    assert decode_image(webp(clear, **options), "a").shape == (height, width, 3)


@pytest.mark.parametrize("options", OPTIONS)
def test_zeros_within_are_refused(options, capfd):
    content = webp(**options)
    middle = len(content) // 2
    for damaged in (
        content[:middle] + bytes(512) + content[middle + 512 :],
        content[:middle] + bytes(len(content) - middle),
    ):
        with pytest.raises(InputError, match=r"c\.webp cannot be (read|decoded)"):
            decode_image(damaged, "c.webp")
    assert capfd.readouterr() == ("", "")


def test_the_first_picture_of_an_animation_is_checked():
    stream = io.BytesIO()
    pages = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    pages[0].save(stream, "WEBP", save_all=True, append_images=pages[1:], lossless=True)
    content = stream.getvalue()
    assert np.array_equal(decode_image(content, "a"), PICTURE)
    start = content.index(b"VP8L") + 8
    at = start + struct.unpack_from("<I", content, start - 4)[0] // 2
    with pytest.raises(InputError):
        decode_image(content[:at] + bytes(2000) + content[at + 2000 :], "a")


def test_a_picture_larger_than_its_header_is_refused():
    content = bytearray(webp(lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"))
    assert content[12:16] == b"VP8X"
    content[24:27] = (9).to_bytes(3, "little")
    with pytest.raises(InputError, match="larger than its header says"):
        decode_image(bytes(content), "a")


def test_joined_files_are_refused():
    with pytest.raises(InputError, match="another image follows"):
        decode_image(webp() + webp(), "a")
