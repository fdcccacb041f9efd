import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.reading import decode_image, decode_stored, read_mask
from auxnet_cli.data.images.tiff_header import read_tiff
from auxnet_cli.errors import InputError

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PICTURE = cv2.resize(NOISE, (600, 400), interpolation=cv2.INTER_CUBIC)
CODECS = ("tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits", "jpeg")


def tiff(pixels=PICTURE, compression="tiff_lzw", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "TIFF", compression=compression, **options)
    return stream.getvalue()


def pieces(content):
    header = read_tiff(content)
    return zip(header.values(content, 273), header.values(content, 279), strict=True)


def with_tag(content, tag, value):
    place, code = read_tiff(content).places[tag]
    changed = bytearray(content)
    struct.pack_into(code, changed, place, value)
    return bytes(changed)


@pytest.mark.parametrize("strip_size", [5000, 2**30])
@pytest.mark.parametrize("compression", [*CODECS, None])
def test_whole_files_are_read(compression, strip_size):
    content = tiff(compression=compression, strip_size=strip_size)
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert np.abs(decode_image(content, "a").astype(int) - expected).max() <= 1
    assert decode_image(tiff(PICTURE[..., 0], compression), "a").shape == (400, 600, 3)


@pytest.mark.parametrize("compression", CODECS)
@pytest.mark.parametrize("damage", ["zeros", "noise", "zeroed half", "swapped"])
def test_damage_within_is_refused(compression, damage, capfd):
    content = tiff(compression=compression, strip_size=2**30)
    ((start, size),) = pieces(content)
    middle = start + size // 2
    noise = np.random.default_rng(1).bytes(512)
    changed = {
        "zeros": content[:middle] + bytes(512) + content[middle + 512 :],
        "noise": content[:middle] + noise + content[middle + 512 :],
        "zeroed half": content[:middle] + bytes(start + size - middle) + content[start + size :],
        "swapped": content[: start + 700] + content[middle : middle + 512] * 2
        + content[start + 1724 :],
    }[damage]  # fmt: skip
    assert len(changed) == len(content)
    with pytest.raises(InputError, match=r"b\.tif cannot be read: strip or tile 1 is damaged"):
        decode_image(changed, "b.tif")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("compression", [*CODECS, None])
def test_a_strip_too_short_or_missing_is_refused(compression):
    content = tiff(compression=compression, strip_size=2**30)
    ((_, size),) = pieces(content)
    for tag, value in ((279, size - 20), (279, 0), (273, len(content) - 100), (257, 401)):
        with pytest.raises(InputError, match=r"strip or tile 1|is cut off|1 strips or tiles"):
            decode_image(with_tag(content, tag, value), "a.tif")


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
    for bits, pixels in ((8, PICTURE), (16, PICTURE[..., 0].astype(np.uint16))):
        content = with_tag(tiff(pixels, None), 259, codec)
        with pytest.raises(InputError, match=f"a TIFF of {bits} bits coded with {name}, and"):
            decode_image(content, "a.tif")


@pytest.mark.parametrize("bits", [2, 4])
def test_few_grey_levels_are_refused_by_name(bits):
    content = with_tag(tiff(PICTURE[..., 0], None), 258, bits)
    with pytest.raises(InputError, match=f"TIFF of grey with 1 samples of {bits} bits"):
        decode_stored(content, "a.tif")


def test_joined_files_are_refused_and_pages_are_not():
    content = tiff()
    with pytest.raises(InputError, match="another image follows behind its end"):
        decode_image(content + content, "a.tif")
    stream = io.BytesIO()
    page = Image.fromarray(PICTURE)
    page.save(stream, "TIFF", save_all=True, append_images=[page], compression="tiff_lzw")
    assert np.array_equal(decode_image(stream.getvalue(), "a.tif"), PICTURE)


def test_a_jpeg_of_another_size_inside_is_refused_undecoded():
    content = bytearray(tiff(compression="jpeg", strip_size=2**30))
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, 65000, 65000)
    with pytest.raises(InputError, match="65000 x 65000 pixels instead of its own"):
        decode_image(bytes(content), "a.tif")


def test_group_4_masks_are_held_to_their_only_code(tmp_path):
    mask = cv2.GaussianBlur(PICTURE[..., 0], (0, 0), 9) > 127
    path = tmp_path / "mask.tif"
    content = tiff(mask, "group4", strip_size=10_000)
    path.write_bytes(content)
    assert np.array_equal(read_mask(path) > 127, mask)
    for start, size in pieces(content):
        for at in range(start, start + size - 60, 60):
            for middle in (bytes(60), np.random.default_rng(at).bytes(60)):
                path.write_bytes(content[:at] + middle + content[at + 60 :])
                with pytest.raises(InputError, match=r"strip or tile . is damaged"):
                    read_mask(path)
