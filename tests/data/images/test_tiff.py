import io
import struct

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base as Tag
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from auxnet_cli.data.images.formats import open_content
from auxnet_cli.data.images.reading import decode_image, decode_mask
from auxnet_cli.data.images.tiff_page import TiffPage
from auxnet_cli.errors import InputError
from tests.data.images.builders import saved, stored

GREY = np.arange(96, dtype=np.uint8).reshape(8, 12)
DEEP = GREY.astype(np.uint16) * 600
COLOUR = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)


def tiff(planes, bits=8, photometric=1, order="<", big=False, rows=2, **tags):
    """A TIFF of strips of some rows; other tags by their names."""
    planes = planes if isinstance(planes, list) else [planes]
    height, width, *rest = planes[0].shape
    samples = rest[0] if rest else len(planes)
    values = [plane.astype(f"{order}u{(bits + 7) // 8}") for plane in planes]
    strips = [plane[n : n + rows].tobytes() for plane in values for n in range(0, height, rows)]
    sizes = [len(strip) for strip in strips]
    directory = ImageFileDirectory_v2(b"II*\0" + bytes(4) if order == "<" else b"MM\0*" + bytes(4))
    directory._bigtiff = big
    directory.update({256: width, 257: height, 258: (bits,) * samples, 259: 1, 262: photometric})
    directory.update({273: [sum(sizes[:n]) for n in range(len(sizes))], 277: samples, 278: rows})
    directory.update({279: sizes, 284: 1 + (len(planes) > 1)})
    directory.update({Tag[name]: value for name, value in tags.items()})
    stream = io.BytesIO()
    directory.save(stream)
    return stream.getvalue() + b"".join(strips)


def grey(content):
    samples = stored(content)
    assert (samples == samples[..., :1]).all()
    return samples[..., 0]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_both_byte_orders_and_bigtiff(order, big):
    assert np.array_equal(grey(tiff(GREY, order=order, big=big)), GREY)
    assert np.array_equal(grey(tiff(DEEP, 16, order=order, big=big)), DEEP)
    assert np.array_equal(stored(tiff(COLOUR, 8, 2, order, big)), COLOUR)


def test_bright_zero_is_inverted_at_any_depth():
    assert np.array_equal(grey(tiff(GREY, photometric=0)), 255 - GREY)
    assert np.array_equal(grey(tiff(DEEP, 16, photometric=0)), 65535 - DEEP)
    turned = tiff(GREY, photometric=0, Orientation=3)
    assert np.array_equal(grey(turned), 255 - GREY[::-1, ::-1])


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("bits", [8, 16])
def test_opacity_is_dropped_and_not_multiplied_in(bits, extra):
    opacity = np.full((8, 12, 1), 3, np.uint8)
    content = tiff(np.dstack([COLOUR, opacity]), bits, 2, ExtraSamples=extra)
    assert np.array_equal(stored(content), COLOUR)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_samples_fill_the_range(bits):
    values = (GREY.astype(np.uint32) * 163) % 2**bits
    text = "".join(f"{value:0{bits}b}" for value in values.ravel())
    strip = np.array([[int(text[n : n + 8], 2) for n in range(0, len(text), 8)]], np.uint8)
    content = tiff(strip, 8, ImageWidth=12, ImageLength=8, BitsPerSample=bits, rows=8)
    assert np.array_equal(grey(content), values.astype(np.uint16) << (16 - bits))


PLANES = [COLOUR[..., n] for n in range(3)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tiff(GREY, 32), "unsigned numbers of 32 bits"),
        (tiff(GREY, 16, SampleFormat=2), "signed numbers of 16 bits"),
        (tiff(GREY, 32, SampleFormat=3), "floating-point numbers of 32 bits, but 8 or 16"),
        (tiff(GREY, 16, SamplesPerPixel=2, ExtraSamples=2), "2 samples of 16 bits"),
        (tiff(GREY, 2), "TIFF of grey with 1 samples of 2 bits"),
        (tiff(GREY, 4), "TIFF of grey with 1 samples of 4 bits"),
        (tiff(COLOUR, 8, 8), "TIFF of colour space 8 with 3 samples of 8 bits"),
        (tiff(COLOUR, 8, 6), "YCbCr with no compression"),
        (tiff(GREY, Predictor=9), "8 bits with an unknown predictor"),
        (tiff(GREY, Compression=5, FillOrder=2), "LZW and reversed bits"),
        (tiff(PLANES, 16, 2), "colours of 16 bits are stored one after the other"),
        (tiff(GREY, TileWidth=50000, TileLength=50000), "tiles claim to be larger"),
        (tiff(GREY, ImageWidth=50000, ImageLength=50000), "50000 x 50000 pixels, more than"),
        (tiff(GREY, ImageWidth=0), "0 x 8 pixels"),
    ],
)
def test_what_is_refused(content, message):
    with pytest.raises(InputError, match=message):
        stored(content)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        (2, "CCITT RLE"), (3, "CCITT Group 3"), (6, "old-style JPEG"), (22610, "JPEG XR"),
        (33003, "JPEG 2000"), (33005, "JPEG 2000"), (34712, "JPEG 2000"), (34887, "LERC"),
        (34925, "LZMA"), (34926, "ZSTD"), (50000, "ZSTD"), (34927, "WebP"), (34933, "PNG"),
        (34934, "JPEG XR"), (50002, "JPEG XL"), (52546, "JPEG XL"), (777, "codec 777"),
    ],
)  # fmt: skip
def test_a_codec_that_is_not_known_to_work_is_named(codec, name):
    for bits in (8, 16):
        with pytest.raises(InputError, match=f"a TIFF of {bits} bits coded with {name}, and"):
            stored(tiff(GREY, bits, Compression=codec))


def test_planes_of_8_bits_and_tiles():
    assert np.array_equal(stored(tiff(PLANES, 8, 2)), COLOUR)
    tile = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    content = tiff(tile, rows=64, TileWidth=64, TileLength=64, ImageWidth=40, ImageLength=50)
    listed = content.replace(b"\x11\1", b"\x44\1", 1).replace(b"\x17\1", b"\x45\1", 1)
    for either in (content, listed):  # some writers list tiles as strips
        assert np.array_equal(grey(either), tile[:50, :40])


def test_palette_becomes_colour_and_a_two_level_mask_stays():
    image = Image.fromarray(GREY % 4)
    image.putpalette([10, 20, 30, 200, 0, 0, 0, 200, 0, 0, 0, 200] + [0] * 756)
    assert np.array_equal(decode_image(saved(image, "TIFF"), "a"), np.asarray(image.convert("RGB")))
    mask = GREY % 2 == 1
    content = saved(mask, "TIFF", compression="group4")
    assert np.array_equal(decode_mask(content, "a") > 127, mask)


def test_first_of_several_pages():
    pages = [Image.new("L", (5, 4), value) for value in (7, 99, 120)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert (grey(content) == 7).all()
    assert open_content(content).pages == 3
    assert open_content(tiff(GREY)).pages == 1


def test_offsets_back_to_the_first_page_and_beyond_any_file():
    content = bytearray(tiff(GREY))
    struct.pack_into("<I", content, 10 + 12 * struct.unpack_from("<H", content, 8)[0], 8)
    assert open_content(bytes(content)).pages == 2
    content = bytearray(tiff(GREY, big=True))
    struct.pack_into("<Q", content, 24 + 20 * struct.unpack_from("<Q", content, 16)[0], 2**64 - 1)
    assert open_content(bytes(content)).pages == 1
    struct.pack_into("<Q", content, 8, 2**64 - 1)
    with pytest.raises(InputError, match="cut off within its header"):
        decode_image(bytes(content), "a.tif")


def test_a_change_leaves_the_rest_of_the_file():
    content = tiff(GREY, photometric=0, Orientation=6)
    changed = TiffPage(content).changed({Tag.Orientation: 1, Tag.PhotometricInterpretation: 1})
    assert TiffPage(changed).orientation == TiffPage(changed)[Tag.PhotometricInterpretation] == 1
    assert sum(before != after for before, after in zip(content, changed, strict=True)) == 2
