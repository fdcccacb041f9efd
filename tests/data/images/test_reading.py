import contextlib
import os
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
    open_image,
    read_file,
    read_image,
    read_mask,
    to_bytes,
)
from auxnet_cli.errors import InputError
from tests.data.images.builders import NOISE, PICTURE, bombs, by_pillow, encoded, saved, turn

KINDS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF")


def test_content_decides_and_names_may_be_any(tmp_path):
    folder = tmp_path
    for name in ("линия 1", "検査" * 20, "Prüfung" * 20, "x" * 200, "y" * 200):
        folder /= name
    folder.mkdir(parents=True)
    path = folder / f"{'ä' * 60}🔩.jpg"
    path.write_bytes(encoded(".png"))
    assert np.array_equal(read_image(path), NOISE[..., ::-1])


def test_16_bits_are_scaled_from_the_full_range_or_the_cameras():
    deep = encoded(".png", np.array([[0, 257, 2048, 4095, 5000, 32896, 65535]], np.uint16))
    assert decode_image(deep, "a")[0, :, 0].tolist() == [0, 1, 8, 16, 19, 128, 255]
    assert decode_image(deep, "a", 12)[0, :, 0].tolist() == [0, 16, 128, 255, 255, 255, 255]
    shallow = encoded(".png", np.array([[0, 200]], np.uint8))
    assert decode_image(shallow, "a", 12)[0, :, 0].tolist() == [0, 200]


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_camera_bits_are_scaled_to_white_and_rounded(bits):
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=2)
    top = 2**bits - 1
    exact = np.minimum((values.astype(np.int64) * 510 + top) // (2 * top), 255)
    assert np.array_equal(to_bytes(values, bits), exact)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_kind_and_mode_is_read_as_pillow_reads_it(kind, mode):
    image = Image.fromarray(PICTURE[:40, :62]).convert(mode)
    if mode in ("LA", "RGBA"):
        image.putalpha(120)
    try:
        content = saved(image, kind, **({"lossless": True} if kind == "WEBP" else {}))
    except OSError:
        assert (kind, mode) in WITHOUT
        return
    assert np.abs(decode_image(content, "a").astype(int) - by_pillow(content)).max() <= 1


# What Pillow cannot write, as the files cannot hold it.
WITHOUT = {
    ("PNG", "CMYK"),
    ("BMP", "CMYK"),
    ("BMP", "LA"),
    ("JPEG", "P"),
    ("JPEG", "LA"),
    ("JPEG", "RGBA"),
}


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    empty, text, pipe, loop, huge = (tmp_path / f"{name}.png" for name in "abcde")
    empty.touch()
    text.write_text("hello, this is no image at all")
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    with huge.open("wb") as stream:
        stream.truncate(2**32)
    for path, message in (
        (empty, r"empty \(0 bytes\)"),
        (text, "no PNG, JPEG, BMP, TIFF or WebP"),
        (tmp_path / "none.png", "There is no image"),
        (tmp_path, "is a folder"),
        (pipe, "no ordinary file"),
        (loop, "cannot be read|no image"),
        (huge, "4,294,967,296 bytes, more than"),
        (tmp_path / ("z" * 300), "cannot be read: File name too long"),
    ):
        with pytest.raises(InputError, match=message):
            read_image(path)

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        read_file(tmp_path / "a.png")


@pytest.mark.parametrize("content", bombs().values(), ids=bombs())
def test_bombs_are_refused_from_the_header(content):
    for decode in (decode_image, decode_mask):
        with pytest.raises(InputError, match="50000 x 50000 pixels, more than the 50,000,000"):
            decode(content, "a")


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_small_file_of_many_pixels_is_refused_by_ratio(monkeypatch, kind):
    monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", "200")
    options = {"compression": "tiff_lzw", "strip_size": 2**30} if kind == "TIFF" else {}
    content = saved(Image.new("L", (14_000, 2_400)), kind, **options)
    monkeypatch.setattr("auxnet_cli.data.images.reading.check_whole", pytest.fail)
    with pytest.raises(InputError, match=r"14000 x 2400 pixels in .* which no photograph does"):
        decode_image(content, "a")


def test_a_black_image_of_a_cameras_size_is_no_bomb_and_a_mask_may_be_small():
    content = saved(Image.new("RGB", (6_000, 4_000)), "PNG")
    assert decode_image(content, "a").shape == (4_000, 6_000, 3)
    content = saved(Image.new("1", (7_000, 5_000)), "PNG")
    assert decode_mask(content, "a").shape == (5_000, 7_000)


def test_the_limit_is_set_by_the_environment(monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (1000, 1100, 3), dtype=np.uint8)
    content = encoded(".jpg", noise)
    for limit in ("", "2"):
        monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", limit)
        assert decode_image(content, "a.jpg").shape == (1000, 1100, 3)
    monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", "1")
    with pytest.raises(InputError, match=r"more than the 1,000,000 .* set AUXNET_MAX_MEGAPIXELS"):
        decode_image(content, "a.jpg")
    for wrong in ("many", "0", "-3", "10000", "1.5"):
        monkeypatch.setenv("AUXNET_MAX_MEGAPIXELS", wrong)
        with pytest.raises(InputError, match=f"AUXNET_MAX_MEGAPIXELS is '{wrong}': give whole"):
            decode_image(content, "a.jpg")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_damage_is_a_sentence_or_an_image(kind, data):
    content = bytearray(saved(NOISE[:20, :31], kind, exif=turn(6)))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with contextlib.suppress(InputError):
            assert min(open_image(damaged, "a").upright_size) > 0
            assert decode_image(damaged, "a").dtype == np.uint8


def test_mask_values_are_kept(tmp_path):
    path = tmp_path / "mask.png"
    for values in (np.array([[0, 1], [3, 255]], np.uint8), np.array([[0, 1], [300, 2]], np.uint16)):
        path.write_bytes(encoded(".png", values))
        assert np.array_equal(read_mask(path), values)
        assert read_mask(path).dtype == values.dtype


def test_a_mask_in_equal_channels_is_grey_and_colours_are_refused():
    values = np.array([[0, 255]], np.uint8)
    assert np.array_equal(decode_mask(encoded(".png", np.dstack([values] * 3)), "a"), values)
    with pytest.raises(InputError, match="a is in colour: a mask must be grey, or indexed"):
        decode_mask(encoded(".png"), "a")
    content = cv2.imencode(".tif", np.ones((4, 4), np.float32))[1].tobytes()
    with pytest.raises(InputError, match="floating-point numbers of 32 bits, but 8 or 16"):
        decode_mask(content, "a")
