import pytest

from auxnet_cli.data.images.header import check_whole, header_size, plain_samples


def test_bmp_stored_from_the_top_has_a_positive_height():
    content = (
        b"BM" + bytes(16) + (7).to_bytes(4, "little") + (-5).to_bytes(4, "little", signed=True)
    )
    assert header_size(content) == (5, 7)


def test_big_endian_tiff():
    entry = b"\x01%s\0\x03\0\0\0\x01\0%s\0\0"
    content = b"MM\0*\0\0\0\x08\0\x02" + entry % (b"\0", b"\x09") + entry % (b"\x01", b"\x04")
    assert header_size(content) == (4, 9)


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8L", b"VP8 "])
def test_webp_variants(kind):
    body = {
        b"VP8X": bytes(8) + bytes([29, 0, 0]) + bytes([19, 0, 0]),
        b"VP8L": bytes(4) + b"\x2f" + (29 | 19 << 14).to_bytes(4, "little"),
        b"VP8 ": bytes(10) + bytes([30, 0, 20, 0]),
    }[kind]
    content = b"RIFF" + (8 + len(body)).to_bytes(4, "little") + b"WEBP" + kind + body
    assert header_size(content) == (20, 30)
    with pytest.raises(ValueError, match="cut off"):
        check_whole(content[:-1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n", "within its header"),
        (b"\xff\xd8\xff", "within its header"),
        (b"\xff\xd8\x00\x00", "no JPEG marker"),
        (b"\xff\xd8\xff\xda\x00\x02", "without a frame"),
        (b"BM" + bytes(30), "0 x 0 pixels"),
        (b"GIF89a", "no PNG"),
        (b"\xff\xd8\xff\xc1\0\x0b\x0c\0\x09\0\x09\x01abc\xff\xda", "JPEG of 12 bits"),
        (b"II*\0\x08\0\0\0\0\0", "within its header"),
        (b"MM\0+\0\x08\0\0" + bytes(4), "within its header"),
    ],
)
def test_broken_headers(content, message):
    with pytest.raises(ValueError, match=message):
        header_size(content)


def test_other_files_have_plain_samples_already():
    assert plain_samples(b"BM...") == (b"BM...", 8)
