import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images import image_size, is_image_name, read_image, read_mask
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


def test_exif_rotation_is_not_applied(tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 16)).save(path, exif=exif)
    assert read_image(path).shape == (16, 40, 3) == (*image_size(path), 3)


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
    with pytest.raises(InputError, match="60000 x 60000 pixels, more than the 200,000,000"):
        read_image(path)


def test_sides_beyond_opencvs_own_limit(tmp_path):
    content = bytearray(encoded(".png"))
    content[16:24] = struct.pack(">II", 2_000_000, 20)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path = tmp_path / "wide.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be decoded"):
        read_image(path)


def test_permission_refused(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="may not be read"):
        read_image(tmp_path / "a.png")


def test_float_pixels_are_refused(tmp_path):
    path = tmp_path / "float.tif"
    path.write_bytes(encoded(".tif", np.ones((4, 4), np.float32)))
    with pytest.raises(InputError, match="unknown variant"):
        read_image(path)
    with pytest.raises(InputError, match="float32 values: save it with 8 or 16 bits"):
        read_mask(path)


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
