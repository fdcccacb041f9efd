import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.reading import decode_stored
from auxnet_cli.data.images.traits import ImageTraits, depth_of, find_bits


def traits(content):
    return ImageTraits.of(content, decode_stored(content, "a"))


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def test_an_ordinary_image_is_not_noted():
    audit = Audit()
    found = traits(saved(Image.new("L", (4, 4)), "PNG"))
    assert found == ImageTraits("PNG", 1, 1, 0)
    for name in ("a.png", "a.PNG", "no suffix"):
        found.note(name, audit)
    assert audit.findings == []


def test_everything_odd_is_noted():
    exif = Image.Exif()
    exif[0x0112] = 6
    page = Image.new("L", (4, 4))
    content = saved(page, "TIFF", save_all=True, append_images=[page], exif=exif)
    audit = Audit()
    traits(content).note("x/a.jpg", audit)
    assert audit.counts() == {
        "name-differs-from-content": 1,
        "rotation-flag": 1,
        "several-pages": 1,
    }
    assert {finding.file for finding in audit.findings} == {"x/a.jpg"}
    assert audit.findings[0].detail == "called .jpg, but its content is TIFF"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_count_as_pages(kind):
    pictures = [Image.new("RGB", (4, 4), (value, 0, 0)) for value in (0, 90, 200)]
    content = saved(pictures[0], kind, save_all=True, append_images=pictures[1:])
    assert traits(content).pages == 3


def test_highest_sample_of_16_bits():
    content = cv2.imencode(".png", np.array([[5, 4000]], np.uint16))[1].tobytes()
    assert traits(content).highest == 4000


def bits(*highest):
    audit = Audit()
    return find_bits(highest, [f"{n}.png" for n in range(len(highest))], audit), audit


def test_depth_is_that_of_the_brightest_image():
    assert bits(0, 0)[0] is None
    assert bits(0, 0)[1].findings == []
    found, audit = bits(0, 900, 4095, 700, 800)
    assert found == 12
    assert audit.counts() == {"camera-bits": 1}
    assert "4 images of 16 bits" in audit.findings[0].detail
    assert "4095 is white" in audit.findings[0].action


def test_one_image_that_makes_the_others_dark_is_named():
    found, audit = bits(*[3000] * 30, 60000)
    assert found == 16
    assert [finding.file for finding in audit.of("bit-depth-outlier")] == ["30.png"]
    assert bits(*[3000] * 30, *[60000] * 10)[1].counts() == {"camera-bits": 1}


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=40))
def test_depth_holds_every_sample(highest):
    found, _ = bits(*highest)
    if max(highest) == 0:
        assert found is None
    else:
        assert max(highest) < 2**found
        assert found == 10 or max(highest) >= 2 ** (found - 2)


def test_depths():
    assert [depth_of(value) for value in (0, 1023, 1024, 4096, 16383, 65535)] == [
        10, 10, 12, 14, 14, 16,
    ]  # fmt: skip
