import struct

import pytest

from auxnet_cli.data.images.formats import check_whole, file_kind, is_image_name, open_content
from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError
from tests.data.images.builders import encoded

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".bmp": "BMP", ".tif": "TIFF", ".webp": "WebP"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_kind_and_size_from_the_first_bytes(suffix):
    content = encoded(suffix)
    image = open_content(content)
    assert image.kind == file_kind(content[:64]) == SUFFIXES[suffix]
    assert (image.height, image.width) == image.upright_size == (40, 60)


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8L", b"VP8 "])
def test_size_of_webp_variants(kind):
    body = {
        b"VP8X": bytes(8) + bytes([29, 0, 0]) + bytes([19, 0, 0]),
        b"VP8L": bytes(4) + b"\x2f" + (29 | 19 << 14).to_bytes(4, "little"),
        b"VP8 ": bytes(10) + bytes([30, 0, 20, 0]),
    }[kind]
    content = b"RIFF" + (8 + len(body)).to_bytes(4, "little") + b"WEBP" + kind + body
    assert open_content(content).upright_size == (20, 30)
    with pytest.raises(ValueError, match="cut off"):
        check_whole(open_content(content[:-1]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n", "within its header"),
        (b"\xff\xd8\xff", "within its header"),
        (b"\xff\xd8\x00\x00", "no JPEG marker"),
        (b"\xff\xd8\xff\xda\x00\x02", "without a frame"),
        (b"BM" + bytes(32), "0 x 0 pixels"),
        (b"BM" + bytes(20), "within its header"),
        (b"GIF89a", "no PNG"),
        (b"\xff\xd8\xff\xc1\0\x0b\x0c\0\x09\0\x09\x01abc\xff\xda", "JPEG of 12 bits"),
        (b"II*\0\x08\0\0\0\0\0", "within its header"),
        (b"MM\0+\0\x08\0\0" + bytes(4), "within its header"),
        (b"MM\0+\0\x08\0\0" + b"\xff" * 8, "within its header"),
    ],
)
def test_broken_headers(content, message):
    with pytest.raises(ValueError, match=message):
        open_content(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff" * 2_000_000,
        b"\xff\xd8" + b"\xff\xe0\0\0" * 600_000,
        encoded(".png")[:33] + (bytes(4) + b"teXt" + bytes(4)) * 600_000,
        b"RIFF\xff\xff\xff\0WEBPVP8X" + struct.pack("<I", 10) + bytes(10)
        + (b"ABCD" + bytes(4)) * 600_000,
    ],
    ids=["fill bytes", "JPEG segments", "PNG chunks", "WebP chunks"],
)  # fmt: skip
def test_absurd_files_are_given_up_soon(content):
    with pytest.raises(InputError):
        decode_image(content, "a")


def test_names_that_are_searched(tmp_path):
    names = ["a.PNG", "b.jpeg", "c.txt", ".d.png", "e"]
    assert [name for name in names if is_image_name(tmp_path / name)] == ["a.PNG", "b.jpeg"]
