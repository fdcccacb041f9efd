import contextlib
import io
import os
import struct
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from auxnet_cli.data.images.reading import (
    decode_image,
    decode_mask,
    image_size,
    is_image_name,
    read_image,
    read_mask,
    to_bytes,
)
from auxnet_cli.errors import InputError

PICTURE = np.random.default_rng(0).integers(0, 256, (20, 31, 3), dtype=np.uint8)


def encoded(suffix, pixels=PICTURE):
    return cv2.imencode(suffix, pixels)[1].tobytes()


def test_channels_are_red_green_blue(tmp_path):
    path = tmp_path / "red.png"
    Image.new("RGB", (3, 2), (250, 20, 5)).save(path)
    image = read_image(path)
    assert image.shape == (2, 3, 3)
    assert image.dtype == np.uint8
    assert image[0, 0].tolist() == [250, 20, 5]


def test_content_decides_and_names_may_be_any(tmp_path):
    path = tmp_path / "Prüfling №1.jpg"
    path.write_bytes(encoded(".png"))
    assert np.array_equal(read_image(path), PICTURE[..., ::-1])


def test_grey_becomes_three_channels_and_alpha_goes(tmp_path):
    grey, clear = tmp_path / "grey.png", tmp_path / "clear.png"
    Image.new("L", (2, 2), 77).save(grey)
    Image.new("RGBA", (2, 2), (9, 8, 7, 0)).save(clear)
    assert read_image(grey)[1, 1].tolist() == [77, 77, 77]
    assert read_image(clear)[1, 1].tolist() == [9, 8, 7]


def test_16_bits_are_scaled_from_the_full_range(tmp_path):
    path = tmp_path / "deep.png"
    path.write_bytes(encoded(".png", np.array([[0, 257, 32896, 65535]], np.uint16)))
    assert read_image(path)[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_camera_bits_are_scaled_to_white_and_rounded(bits):
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=2)
    top = 2**bits - 1
    exact = np.minimum((values.astype(np.int64) * 510 + top) // (2 * top), 255)
    assert np.array_equal(to_bytes(values, bits), exact)


def test_12_bits_in_16(tmp_path):
    path = tmp_path / "deep.png"
    path.write_bytes(encoded(".png", np.array([[0, 2048, 4095, 5000]], np.uint16)))
    assert read_image(path, 12)[0, :, 0].tolist() == [0, 128, 255, 255]
    path.write_bytes(encoded(".png", np.array([[0, 200]], np.uint8)))
    assert read_image(path, 12)[0, :, 0].tolist() == [0, 200]


MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", MODES)
def test_every_kind_and_mode_is_read_as_pillow_reads_it(tmp_path, kind, mode):
    smooth = cv2.resize(PICTURE[:6, :8], (62, 40), interpolation=cv2.INTER_CUBIC)
    image = Image.fromarray(smooth).convert(mode)
    if mode in ("LA", "RGBA"):
        image.putalpha(120)
    path = tmp_path / "image"
    try:
        image.save(path, kind, **({"lossless": True} if kind == "WEBP" else {}))
    except OSError:
        assert (kind, mode) in WITHOUT
        return
    expected = np.asarray(Image.open(path).convert("RGB"))
    assert np.abs(read_image(path).astype(int) - expected).max() <= 1


# What Pillow cannot write, as the files cannot hold it.
WITHOUT = {
    ("PNG", "CMYK"),
    ("BMP", "CMYK"),
    ("BMP", "LA"),
    ("JPEG", "P"),
    ("JPEG", "LA"),
    ("JPEG", "RGBA"),
}


def test_os2_bitmap(tmp_path):
    rows = b"".join(bytes([n, 50, 200]) * 2 + b"\0\0" for n in range(3))
    head = b"BM" + struct.pack("<IIIIHHHH", 26 + len(rows), 0, 26, 12, 2, 3, 1, 24)
    path = tmp_path / "a.bmp"
    path.write_bytes(head + rows)
    image = read_image(path)
    assert image.shape == (3, 2, 3)
    assert image[:, 0].tolist() == [[200, 50, 2], [200, 50, 1], [200, 50, 0]]


def test_other_letters_and_long_paths(tmp_path, monkeypatch):
    folder = tmp_path
    for name in ("линия 1", "検査" * 20, "Prüfung" * 20, "x" * 200, "y" * 200):
        folder /= name
    folder.mkdir(parents=True)
    path = folder / f"{'ä' * 60}🔩.png"
    path.write_bytes(encoded(".png"))
    assert np.array_equal(read_image(path), PICTURE[..., ::-1])
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read_image(tmp_path / ("z" * 300))


def test_files_that_are_no_files(tmp_path):
    pipe, loop = tmp_path / "pipe.png", tmp_path / "loop.png"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    with pytest.raises(InputError, match="no ordinary file"):
        read_image(pipe)
    with pytest.raises(InputError, match=r"cannot be read|no image"):
        read_image(loop)
    huge = tmp_path / "huge.png"
    with huge.open("wb") as stream:
        stream.truncate(2**32)
    with pytest.raises(InputError, match="4,294,967,296 bytes, more than"):
        read_image(huge)


def bombs():
    """Small files that claim 50,000 x 50,000 pixels."""
    side = 50_000
    header = b"IHDR" + struct.pack(">II", side, side) + bytes([8, 2, 0, 0, 0])
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    png += struct.pack(">I", zlib.crc32(header))
    tiff = bytearray(encoded(".tif"))
    for tag in (256, 257):
        at = tiff.index(struct.pack("<HH", tag, 3), struct.unpack_from("<I", tiff, 4)[0])
        struct.pack_into("<H", tiff, at + 8, side)
    bmp = bytearray(encoded(".bmp"))
    struct.pack_into("<ii", bmp, 18, side, side)
    jpeg = bytearray(encoded(".jpg"))
    struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, side, side)
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4)
    webp += (side - 1).to_bytes(3, "little") * 2
    return {"png": png, "tif": tiff, "bmp": bmp, "jpg": jpeg, "webp": webp}


@pytest.mark.parametrize("kind", ["png", "tif", "bmp", "jpg", "webp"])
def test_bombs_are_refused_from_the_header(tmp_path, kind):
    path = tmp_path / f"bomb.{kind}"
    path.write_bytes(bombs()[kind])
    start = time.process_time()
    for read in (read_image, read_mask):
        with pytest.raises(InputError, match="50000 x 50000 pixels, more than the 50,000,000"):
            read(path)
    assert time.process_time() - start < 1


def test_jpeg_that_is_gone_over_endlessly_is_refused(tmp_path):
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    content = cv2.imencode(".jpg", np.zeros((3000, 3000), np.uint8), options)[1].tobytes()
    last = content[content.rindex(b"\xff\xda") : -2]
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert read_image(path).shape == (3000, 3000, 3)
    path.write_bytes(content[:-2] + last * 500 + content[-2:])
    with pytest.raises(InputError, match=r"3000 x 3000 pixels 4\d\d times takes too long"):
        read_image(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "TIFF"])
@given(data=st.data())
def test_damage_is_a_sentence_or_an_image(kind, data):
    stream = io.BytesIO()
    Image.fromarray(PICTURE).save(stream, kind)
    content = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with contextlib.suppress(InputError):
            assert decode_image(damaged, Path("a")).dtype == np.uint8


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_size_from_the_header(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encoded(suffix))
    assert image_size(path) == (20, 31)
    assert read_image(path).shape == (20, 31, 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_truncated_files_are_reported(tmp_path, capfd, suffix, part):
    content = encoded(suffix, cv2.resize(PICTURE, (310, 200)))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(InputError, match=r"cannot be (read|decoded)"):
        read_image(path)
    assert capfd.readouterr().err == ""


def test_truncated_jpeg_with_a_thumbnail_is_reported(tmp_path):
    # A thumbnail in EXIF holds an end mark of its own.
    exif = b"Exif\0\0" + encoded(".jpg", cv2.resize(PICTURE, (16, 16)))
    content = encoded(".jpg")
    whole = content[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + content[2:]
    path = tmp_path / "a.jpg"
    path.write_bytes(whole + b"\0\0")  # some cameras pad
    assert read_image(path).shape == (20, 31, 3)
    path.write_bytes(whole[:-40])
    with pytest.raises(InputError, match="cut off before its end"):
        read_image(path)


def test_flipped_bit_in_a_png_is_reported(tmp_path, capfd):
    content = bytearray(encoded(".png"))
    content[len(content) // 2] ^= 1
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match="wrong check sum in its IDAT"):
        read_image(path)
    assert capfd.readouterr().err == ""


def test_empty_missing_folder_and_no_image(tmp_path):
    empty, text = tmp_path / "empty.png", tmp_path / "text.png"
    empty.touch()
    text.write_text("hello, this is no image at all")
    with pytest.raises(InputError, match=r"empty \(0 bytes\)"):
        read_image(empty)
    with pytest.raises(InputError, match="no PNG, JPEG, BMP, TIFF or WebP"):
        read_image(text)
    with pytest.raises(InputError, match="There is no image"):
        read_image(tmp_path / "none.png")
    with pytest.raises(InputError, match="is a folder"):
        read_image(tmp_path)


def test_absurd_size_is_refused_before_decoding(tmp_path):
    header = b"IHDR" + struct.pack(">II", 60000, 60000) + bytes([8, 0, 0, 0, 0])
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    assert image_size(path) == (60000, 60000)
    with pytest.raises(InputError, match="60000 x 60000 pixels, more than the 50,000,000"):
        read_image(path)


def test_sides_beyond_opencvs_own_limit(tmp_path):
    content = bytearray(encoded(".png"))
    content[16:24] = struct.pack(">II", 1_500_000, 20)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path = tmp_path / "wide.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be decoded"):
        read_image(path)


def test_permission_refused(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        read_image(tmp_path / "a.png")


def test_float_pixels_are_refused(tmp_path):
    path = tmp_path / "float.tif"
    path.write_bytes(encoded(".tif", np.ones((4, 4), np.float32)))
    for read in (read_image, read_mask):
        with pytest.raises(InputError, match="floating-point numbers of 32 bits, but 8 or 16"):
            read(path)


def test_mask_values_are_kept(tmp_path):
    path = tmp_path / "mask.png"
    for values in (np.array([[0, 1], [3, 255]], np.uint8), np.array([[0, 1], [300, 2]], np.uint16)):
        path.write_bytes(encoded(".png", values))
        assert np.array_equal(read_mask(path), values)
        assert read_mask(path).dtype == values.dtype


@pytest.mark.parametrize("colours", [2, 4, 16, 256])
def test_palette_mask_gives_indices(tmp_path, colours):
    path = tmp_path / "mask.png"
    values = (np.arange(24).reshape(4, 6) % colours).astype(np.uint8)
    image = Image.fromarray(values)
    image.putpalette([channel for i in range(256) for channel in (255 - i, i // 2, 7)])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", bits={2: 1, 4: 2, 16: 4, 256: 8}[colours])
    path.write_bytes(buffer.getvalue())
    assert path.read_bytes()[24:26] == bytes([{2: 1, 4: 2, 16: 4, 256: 8}[colours], 3])
    assert np.array_equal(read_mask(path), values)


def test_mask_in_three_equal_channels_is_grey_and_colours_are_refused(tmp_path):
    path = tmp_path / "mask.png"
    values = np.array([[0, 255]], np.uint8)
    path.write_bytes(encoded(".png", np.dstack([values] * 3)))
    assert np.array_equal(read_mask(path), values)
    path.write_bytes(encoded(".png"))
    with pytest.raises(InputError, match="in colour"):
        read_mask(path)


def test_names_that_are_searched(tmp_path):
    names = ["a.PNG", "b.jpeg", "c.txt", ".d.png", "e"]
    assert [name for name in names if is_image_name(tmp_path / name)] == ["a.PNG", "b.jpeg"]


def noise(height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return encoded(".jpg", pixels)


def test_the_limit_is_set_by_the_environment(monkeypatch):
    content = noise(1000, 1100)
    assert decode_image(content, Path("a.jpg")).shape == (1000, 1100, 3)
    monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", "1")
    with pytest.raises(InputError, match=r"more than the 1,000,000 .* set AUXNET_MAX_MEGAPIXELS"):
        decode_image(content, Path("a.jpg"))
    monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", "2")
    assert decode_image(content, Path("a.jpg")).shape == (1000, 1100, 3)
    for wrong in ("many", "0", "-3", "10000", "1.5"):
        monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", wrong)
        with pytest.raises(InputError, match=f"AUXNET_MAX_MEGAPIXELS is '{wrong}': give whole"):
            decode_image(content, Path("a.jpg"))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_small_file_of_many_pixels_is_refused_by_ratio(monkeypatch, kind):
    monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", "200")
    stream = io.BytesIO()
    options = {"compression": "tiff_lzw", "strip_size": 2**30} if kind == "TIFF" else {}
    Image.new("L", (14_000, 2_400)).save(stream, kind, **options)
    content, read = stream.getvalue(), []
    for costly in ("check_whole", "decode"):
        monkeypatch.setattr(f"auxnet_cli.data.images.reading.{costly}", lambda *_: read.append(1))
    with pytest.raises(InputError, match=r"14000 x 2400 pixels in .* which no photograph does"):
        decode_image(content, Path("a"))
    assert not read


@pytest.mark.parametrize("mode", ["1", "RGB"])
def test_a_black_image_of_a_cameras_size_is_no_bomb(mode):
    stream = io.BytesIO()
    Image.new(mode, (6_400, 4_800)).save(stream, "PNG")
    assert decode_image(stream.getvalue(), Path("a")).shape == (4_800, 6_400, 3)


def test_a_mask_may_be_as_small_as_it_likes():
    stream = io.BytesIO()
    Image.new("1", (7_000, 6_000)).save(stream, "PNG")
    assert decode_mask(stream.getvalue(), Path("a")).shape == (6_000, 7_000)


@pytest.mark.parametrize("default", [True, False])
def test_the_still_of_an_animated_png_is_the_image(default):
    pages = [Image.new("RGB", (6, 4), colour) for colour in ("red", "lime", "blue")]
    stream = io.BytesIO()
    pages[0].save(
        stream, "PNG", save_all=True, append_images=pages[1:], default_image=default, duration=50
    )
    assert decode_image(stream.getvalue(), Path("a"))[0, 0].tolist() == [255, 0, 0]


def test_profiles_of_a_png_are_no_matter(capfd):
    content = encoded(".png")
    broken = b"iCCPx\0\0" + zlib.compress(b"no profile")
    chunk = struct.pack(">I", len(broken) - 4) + broken + struct.pack(">I", zlib.crc32(broken))
    assert np.array_equal(
        decode_image(content[:33] + chunk + content[33:], Path("a")), PICTURE[..., ::-1]
    )
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_joined_files_are_refused(suffix):
    content = encoded(suffix)
    with pytest.raises(InputError, match="another image follows behind its end"):
        decode_image(content + content, Path("a"))
    assert decode_image(content + b"notes", Path("a")).shape == PICTURE.shape
