"""Damage within files of every coding whose damage can be seen; docs/images.md lists them."""

import numpy as np
import pytest

from auxnet_cli.data.images.reading import decode_image
from auxnet_cli.errors import InputError
from tests.data.images.builders import PICTURE, TIFF_CODECS, WEBP_OPTIONS, by_pillow, encoded, saved

OPTIONS = {
    "JPEG": [
        {"quality": 90},
        {"quality": 90, "subsampling": 0},
        {"quality": 90, "subsampling": 1},
        {"quality": 90, "optimize": True},
        {"quality": 90, "restart_marker_rows": 1},
        {"quality": 90, "progressive": True},
    ],
    "PNG": [{}],
    "TIFF": [{"compression": codec, "strip_size": 2**30} for codec in TIFF_CODECS],
    "WEBP": WEBP_OPTIONS,
}
CODINGS = {
    f"{kind} {options}": saved(PICTURE, kind, **options)
    for kind, variants in OPTIONS.items()
    for options in variants
} | {"JPEG grey": saved(PICTURE[..., 0], "JPEG")}
UNSEEN = {"BMP": encoded(".bmp"), "TIFF without compression": saved(PICTURE, "TIFF")}


@pytest.fixture(params=CODINGS)
def content(request):
    return CODINGS[request.param]


def refused(damaged):
    with pytest.raises(InputError, match=r"^line 3\.x cannot be (read|decoded)"):
        decode_image(damaged, "line 3.x")


def test_a_whole_file_is_read_as_by_pillow(content):
    assert np.abs(decode_image(content, "a").astype(int) - by_pillow(content)).max() <= 1


def test_lost_and_zeroed_sectors_are_refused_silently(content, capfd):
    middle, end = len(content) // 2, len(content) - 20
    refused(content[:middle] + bytes(512) + content[middle + 512 :])
    refused(content[:middle] + bytes(end - middle) + content[end:])
    refused(content[:middle] + content[middle + 512 :])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", [kind for kind in CODINGS if kind.startswith(("JPEG", "TIFF"))])
def test_zeros_and_noise_are_refused_wherever_they_lie(kind):
    content = CODINGS[kind]
    for start in range(800, len(content) - 700, max(512, len(content) // 10)):
        refused(content[:start] + bytes(512) + content[start + 512 :])
        if "jpeg" not in kind.lower():
            noise = np.random.default_rng(start).bytes(512)
            refused(content[:start] + noise + content[start + 512 :])


@pytest.mark.parametrize("kind", CODINGS | UNSEEN)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_refused_silently(kind, part, capfd):
    content = (CODINGS | UNSEEN)[kind]
    refused(content[: int(len(content) * part)])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", CODINGS | UNSEEN)
def test_a_second_file_behind_the_first_is_refused_and_notes_are_not(kind):
    content = (CODINGS | UNSEEN)[kind]
    for second in (content, bytes(100) + encoded(".png")):
        with pytest.raises(InputError, match="another image follows behind its end"):
            decode_image(content + second, "a")
    for tail in (b"notes of the camera", b"\0" * 5000, b"\xff\xff"):
        assert np.array_equal(decode_image(content + tail, "a"), decode_image(content, "a"))
