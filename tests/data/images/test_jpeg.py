import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.jpeg import decode_jpeg, jpeg_end, jpeg_size
from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError

NOISE = np.random.default_rng(0).integers(0, 256, (64, 160, 3), dtype=np.uint8)
PICTURE = cv2.resize(NOISE, (640, 256), interpolation=cv2.INTER_CUBIC)


def jpeg(pixels=PICTURE, **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", **({"quality": 90} | options))
    return stream.getvalue()


KINDS = {
    "sequential": jpeg(),
    "full colour": jpeg(subsampling=0),
    "half colour": jpeg(subsampling=1),
    "own tables": jpeg(optimize=True),
    "restarts": jpeg(restart_marker_rows=1),
    "progressive": jpeg(progressive=True),
    "grey": jpeg(PICTURE[..., 0]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_opencvs_to_the_bit(kind):
    expected = cv2.imdecode(np.frombuffer(KINDS[kind], np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(decode_jpeg(KINDS[kind]), expected[..., ::-1])
    grey = cv2.imdecode(np.frombuffer(KINDS[kind], np.uint8), cv2.IMREAD_UNCHANGED)
    if grey.ndim == 2:
        assert np.array_equal(decode_jpeg(KINDS[kind], grey=True), grey)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_that_leaves_the_end_mark_is_refused(kind, capfd):
    content = KINDS[kind]
    middle = len(content) // 2
    for damaged in (
        content[:middle] + b"\xff\xd9",
        content[:-9] + b"\xff\xd9",
        content[:middle] + content,
        content[:middle] + content[middle + 512 :],
    ):
        with pytest.raises(InputError, match=r"^line 3\.jpg cannot be (read|decoded)"):
            decode_image(damaged, "line 3.jpg")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_sector_of_zeros_is_refused_wherever_it_lies(kind):
    content = KINDS[kind]
    for start in range(800, len(content) - 600, max(512, len(content) // 40)):
        damaged = content[:start] + bytes(512) + content[start + 512 :]
        with pytest.raises(InputError):
            decode_image(damaged, "a.jpg")


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_surface_is_no_damage(options, level):
    for shape in ((1500, 2000), (1500, 2000, 3)):
        pixels = np.full(shape, level, np.uint8)
        assert (decode_image(jpeg(pixels, **options), "a.jpg") == level).all()
    half = PICTURE.copy()
    half[:200] = level
    content = jpeg(half, **options)
    assert decode_image(content, "a.jpg").shape == half.shape


def test_a_second_jpeg_behind_the_first_is_refused():
    one, other = KINDS["sequential"], KINDS["grey"]
    for joined in (one + one, one + other, one + bytes(100) + other):
        with pytest.raises(InputError, match="another image follows behind its end"):
            decode_image(joined, "a.jpg")


def test_what_cameras_append_is_none_of_its_pixels():
    content = KINDS["sequential"]
    assert jpeg_end(content + b"notes of the camera") == len(content)
    for tail in (b"\0" * 5000, b"notes of the camera", b"\xff\xff"):
        assert decode_image(content + tail, "a.jpg").shape == PICTURE.shape
    stream = io.BytesIO()
    pages = [Image.fromarray(PICTURE), Image.fromarray(PICTURE[::4, ::4])]
    pages[0].save(stream, "MPO", save_all=True, append_images=pages[1:])
    assert decode_image(stream.getvalue(), "a.jpg").shape == PICTURE.shape


def test_two_frames_and_cut_off_files():
    content = KINDS["sequential"]
    assert jpeg_size(content) == (256, 640)
    for length in (2, 100, 700, len(content) - 2):
        with pytest.raises((IndexError, struct.error)):
            jpeg_end(content[:length])
    with pytest.raises(ValueError, match="without pixels"):
        jpeg_end(content[:2] + b"\xff\xd9")
