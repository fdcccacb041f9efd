import struct
import time

import pytest

from auxnet_cli.data.images.containers import JPEG, PNG, jpeg_segments, png_chunks, webp_chunks


def test_png_chunks_up_to_the_end_mark():
    chunk = b"\0\0\0\x02abcdXY" + bytes(4)
    end = b"\0\0\0\0IEND" + bytes(4)
    assert png_chunks(PNG + chunk + end + b"more and more") == [
        (b"abcd", 8, 22),
        (b"IEND", 22, 34),
    ]
    assert png_chunks(PNG + chunk[:11]) == []
    assert png_chunks(PNG + chunk[:-1]) == [(b"abcd", 8, 22)]
    assert png_chunks(PNG + b"\0\0\xff\xffabcd" + bytes(9)) == [(b"abcd", 8, 8 + 12 + 0xFFFF)]


def test_webp_chunks_are_padded_to_even_places():
    content = b"RIFF....WEBP" + b"VP8X" + struct.pack("<I", 3) + b"abc\0" + b"EXIF" + bytes(4)
    assert webp_chunks(content) == [(b"VP8X", 20, 23), (b"EXIF", 32, 32)]


def test_jpeg_segments_with_fill_bytes_and_marks_that_stand_alone():
    content = JPEG + b"\xff\xff\xff\xe0\0\x03a" + b"\xff\x01" + b"\xff\xda"
    assert jpeg_segments(content) == [(0xE0, 6), (0x01, 11), (0xDA, 13)]


@pytest.mark.parametrize(
    ("walk", "content"),
    [
        (jpeg_segments, JPEG + b"\xff" * 20_000_000),
        (jpeg_segments, JPEG + b"\xff\xe0\0\0" * 5_000_000),
        (png_chunks, PNG + (bytes(4) + b"teXt" + bytes(4)) * 1_600_000),
        (webp_chunks, b"RIFF....WEBP" + (b"ABCD" + bytes(4)) * 2_400_000),
    ],
)
def test_absurd_files_are_given_up_soon(walk, content):
    start = time.process_time()
    with pytest.raises((ValueError, IndexError)):
        walk(content)
    assert time.process_time() - start < 5
