import struct

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError
from tests.data.images.builders import NO_EXIF, PICTURE, WEBP_OPTIONS, saved


def webp(pixels=PICTURE, **options):
    return saved(pixels, "WEBP", **options)


@pytest.mark.parametrize("options", WEBP_OPTIONS)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (17, 16), (64, 300)])
def test_small_and_flat_pictures_are_read(options, size):
    height, width = size
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 90, np.uint8)])
    for pixels in (PICTURE, np.zeros_like(PICTURE), clear):
        content = webp(pixels[:height, :width], **options)
        assert decode_image(content, "a").shape == (height, width, 3)


def test_the_first_picture_of_an_animation_is_checked():
    frames = {"save_all": True, "append_images": [Image.fromarray(255 - PICTURE)]}
    content = webp(lossless=True, **frames)
    assert np.array_equal(decode_image(content, "a"), PICTURE)
    start = content.index(b"VP8L") + 8
    at = start + struct.unpack_from("<I", content, start - 4)[0] // 2
    with pytest.raises(InputError):
        decode_image(content[:at] + bytes(2000) + content[at + 2000 :], "a")


def test_frames_within_frames_are_no_picture():
    lengths = range(24 * 5000 - 8, 0, -24)
    frames = b"".join(b"ANMF" + struct.pack("<I", length) + bytes(16) for length in lengths)
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10) + frames
    with pytest.raises(InputError, match="a WebP without a picture"):
        decode_image(b"RIFF" + struct.pack("<I", len(body)) + body, "a")


def test_a_picture_larger_than_its_header_is_refused():
    content = bytearray(webp(lossless=True, exif=NO_EXIF))
    assert content[12:16] == b"VP8X"
    content[24:27] = (9).to_bytes(3, "little")
    with pytest.raises(InputError, match="larger than its header says"):
        decode_image(bytes(content), "a")
