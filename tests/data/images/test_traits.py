import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import open_content
from auxnet_cli.data.images.traits import depth_of, find_bits, unusual_traits
from tests.data.images.builders import saved, turn

PAGE = Image.new("L", (4, 4))


def test_an_ordinary_image_is_not_noted():
    for name in ("a.png", "a.PNG", "no suffix"):
        assert unusual_traits(open_content(saved(PAGE, "PNG")), name) == []


def test_everything_odd_is_noted():
    content = saved(PAGE, "TIFF", save_all=True, append_images=[PAGE], exif=turn(6))
    traits = unusual_traits(open_content(content), "x/a.jpg")
    assert [kind for kind, *_ in traits] == [
        "name-differs-from-content",
        "rotation-flag",
        "several-pages",
    ]
    assert traits[0][1] == "called .jpg, but its content is TIFF"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_count_as_pages(kind):
    first, *others = (Image.new("RGB", (4, 4), (value, 0, 0)) for value in (0, 90, 200))
    assert open_content(saved(first, kind, save_all=True, append_images=others)).pages == 3


def bits(*highest):
    audit = Audit()
    return find_bits(highest, [f"{n}.png" for n in range(len(highest))], audit), audit


def test_depth_is_that_of_the_brightest_image():
    depth, audit = bits(0, 0)
    assert (depth, audit.findings) == (None, [])
    depth, audit = bits(0, 900, 4095, 700, 800)
    assert depth == 12
    assert audit.counts() == {"camera-bits": 1}
    assert "4 images of 16 bits" in audit.findings[0].detail
    assert "4095 is white" in audit.findings[0].action


def test_a_single_image_that_makes_the_others_dark_is_named():
    depth, audit = bits(*[3000] * 30, 60000)
    assert depth == 16
    assert [finding.file for finding in audit.of("bit-depth-outlier")] == ["30.png"]
    assert bits(*[3000] * 30, *[60000] * 10)[1].counts() == {"camera-bits": 1}


@given(st.lists(st.integers(1, 65535), min_size=1, max_size=40))
def test_depth_holds_every_sample(highest):
    depth, _ = bits(*highest)
    assert max(highest) < 2**depth
    assert depth == 10 or max(highest) >= 2 ** (depth - 2)


def test_depths():
    depths = [depth_of(value) for value in (0, 1023, 1024, 4096, 16383, 65535)]
    assert depths == [10, 10, 12, 14, 14, 16]
