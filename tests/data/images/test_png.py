import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.png import PngFile
from auxnet_cli.data.images.reading import decode_image, decode_mask
from auxnet_cli.errors import InputError
from tests.data.images.builders import NOISE, chunk, encoded, saved, turn


def test_a_flipped_bit_is_reported(capfd):
    content = bytearray(encoded(".png"))
    content[len(content) // 2] ^= 1
    with pytest.raises(InputError, match="wrong check sum in its IDAT"):
        decode_image(bytes(content), "a")
    assert capfd.readouterr().err == ""


def test_sides_beyond_opencvs_own_limit():
    content = bytearray(encoded(".png"))
    content[16:24] = struct.pack(">II", 1_500_000, 20)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    with pytest.raises(InputError, match="cannot be decoded"):
        decode_image(bytes(content), "a")


@pytest.mark.parametrize(("mode", "number"), [("L", 1), ("P", 3), ("RGB", 3), ("RGBA", 4)])
def test_channels_where_a_palette_stands_for_colour(mode, number):
    content = saved(Image.fromarray(NOISE).convert(mode), "PNG")
    assert PngFile(content).channels == number
    assert PngFile(content[:24]).channels is None


@pytest.mark.parametrize("colours", [2, 4, 16, 256])
def test_a_mask_with_a_palette_gives_indices(colours):
    values = (np.arange(24).reshape(4, 6) % colours).astype(np.uint8)
    image = Image.fromarray(values)
    image.putpalette([channel for i in range(256) for channel in (255 - i, i // 2, 7)])
    bits = {2: 1, 4: 2, 16: 4, 256: 8}[colours]
    content = saved(image, "PNG", bits=bits)
    assert content[24:26] == bytes([bits, 3])
    assert np.array_equal(decode_mask(content, "a"), values)


def test_a_mask_with_a_palette_is_turned_as_its_image_is():
    image = Image.fromarray(np.array([[1, 2]], np.uint8)).convert("P")
    assert decode_mask(saved(image, "PNG", exif=turn(6)), "a").shape == (2, 1)


@pytest.mark.parametrize("default", [True, False])
def test_the_still_of_an_animation_is_the_image(default):
    first, *others = (Image.new("RGB", (6, 4), colour) for colour in ("red", "lime", "blue"))
    options = {"save_all": True, "append_images": others, "default_image": default}
    content = saved(first, "PNG", duration=50, **options)
    assert decode_image(content, "a")[0, 0].tolist() == [255, 0, 0]


def test_profiles_are_no_matter(capfd):
    content, profile = encoded(".png"), chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"))
    content = content[:33] + profile + content[33:]
    assert np.array_equal(decode_image(content, "a"), NOISE[..., ::-1])
    assert capfd.readouterr().err == ""
