import struct

import cv2
import numpy as np
import pytest
from PIL import TiffImagePlugin
from PIL.ExifTags import Base as Tag

from auxnet_cli.data.images.reading import decode_image, decode_mask
from auxnet_cli.data.images.tiff_page import TiffPage
from auxnet_cli.errors import InputError
from tests.data.images.builders import PICTURE, TIFF_CODECS, by_pillow, saved


def tiff(pixels=PICTURE, compression="tiff_lzw", strip_size=2**30, **options):
    return saved(pixels, "TIFF", compression=compression, strip_size=strip_size, **options)


def strips(content):
    page = TiffPage(content)
    return list(zip(page.all(Tag.StripOffsets), page.all(Tag.StripByteCounts), strict=True))


@pytest.mark.parametrize("strip_size", [5000, 2**30])
@pytest.mark.parametrize("compression", [*TIFF_CODECS, None])
def test_whole_files_are_read(compression, strip_size):
    for pixels in (PICTURE, PICTURE[..., 0]):
        content = tiff(pixels, compression, strip_size)
        assert np.abs(decode_image(content, "a").astype(int) - by_pillow(content)).max() <= 1


@pytest.mark.parametrize("compression", [*TIFF_CODECS, None])
def test_a_strip_too_short_or_missing_is_refused(compression):
    content = tiff(compression=compression)
    ((_, size),) = strips(content)
    for tag, value in (
        (Tag.StripByteCounts, size - 20),
        (Tag.StripByteCounts, 0),
        (Tag.StripOffsets, len(content) - 100),
        (Tag.ImageLength, 401),
    ):
        with pytest.raises(InputError, match=r"strip or tile 1|is cut off|1 strips or tiles"):
            decode_image(TiffPage(content).changed({tag: value}), "a.tif")


def test_a_jpeg_of_another_size_inside_is_refused_undecoded():
    content = bytearray(tiff(compression="jpeg"))
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, 65000, 65000)
    with pytest.raises(InputError, match="65000 x 65000 pixels instead of its own"):
        decode_image(bytes(content), "a.tif")


@pytest.mark.parametrize("order", [1, 2])
def test_group_4_masks_are_held_to_their_only_code(order):
    mask = cv2.GaussianBlur(PICTURE[..., 0], (0, 0), 9) > 127
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[Tag.FillOrder] = order
    content = tiff(mask, "group4", 10_000, tiffinfo=tags)
    assert np.array_equal(decode_mask(content, "a") > 127, mask)
    for start, size in strips(content):
        for at in range(start, start + size - 60, 60):
            for middle in (bytes(60), np.random.default_rng(at).bytes(60)):
                with pytest.raises(InputError, match=r"strip or tile . is damaged"):
                    decode_mask(content[:at] + middle + content[at + 60 :], "a")
