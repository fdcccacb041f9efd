import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.images.jpeg import JpegFile, decode_jpeg
from auxnet_cli.data.images.reading import decode_image, read_image
from auxnet_cli.errors import InputError
from tests.data.images.builders import NOISE, encoded, saved

PICTURE = cv2.resize(NOISE, (640, 256), interpolation=cv2.INTER_CUBIC)


def jpeg(pixels=PICTURE, **options):
    return saved(pixels, "JPEG", **({"quality": 90} | options))


KINDS = {
    "sequential": jpeg(),
    "full colour": jpeg(subsampling=0),
    "progressive": jpeg(progressive=True),
    "grey": jpeg(PICTURE[..., 0]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_opencvs_to_the_bit(kind):
    expected = cv2.imdecode(np.frombuffer(KINDS[kind], np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(decode_jpeg(KINDS[kind], grey=False), expected[..., ::-1])
    assert JpegFile(KINDS[kind]).channels == (1 if kind == "grey" else 3)
    if kind == "grey":
        assert np.array_equal(JpegFile(KINDS[kind]).decode(colour=False), expected[..., 0])


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


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"progressive": True}])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_surface_is_no_damage(options, level):
    for shape in ((1500, 2000), (1500, 2000, 3)):
        pixels = np.full(shape, level, np.uint8)
        assert (decode_image(jpeg(pixels, **options), "a.jpg") == level).all()
    half = PICTURE.copy()
    half[:200] = level
    assert decode_image(jpeg(half, **options), "a.jpg").shape == half.shape


def test_what_cameras_append_is_no_second_image():
    content = KINDS["sequential"]
    assert JpegFile(content + b"notes of the camera").end() == len(content)
    preview = Image.fromarray(PICTURE[::4, ::4])
    pages = saved(PICTURE, "MPO", save_all=True, append_images=[preview])
    assert decode_image(pages, "a.jpg").shape == PICTURE.shape


def test_a_cut_off_file_with_a_thumbnail_is_reported():
    # A thumbnail in EXIF holds an end mark of its own.
    exif = b"Exif\0\0" + encoded(".jpg", NOISE[:16, :16])
    content = encoded(".jpg")
    block = b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif
    whole = content[:2] + block + content[2:]
    assert decode_image(whole, "a").shape == NOISE.shape
    for length in (len(whole) - 40, len(whole) - 2):
        with pytest.raises(InputError, match="cut off before its end"):
            decode_image(whole[:length], "a")


def test_a_file_that_is_gone_over_endlessly_is_refused(tmp_path):
    content = jpeg(np.zeros((3000, 3000), np.uint8), progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    path = tmp_path / "a.jpg"
    path.write_bytes(content[:-2] + last * 500 + content[-2:])
    with pytest.raises(InputError, match=r"3000 x 3000 pixels 4\d\d times takes too long"):
        read_image(path)
