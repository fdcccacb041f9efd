import cv2
import numpy as np
import pytest

from auxnet_cli.data.images.channels import channels


def encoded(suffix, shape):
    return cv2.imencode(suffix, np.zeros(shape, np.uint8))[1].tobytes()


@pytest.mark.parametrize(
    ("suffix", "shape", "number"),
    [
        (".png", (2, 3), 1),
        (".png", (2, 3, 3), 3),
        (".png", (2, 3, 4), 4),
        (".jpg", (2, 3), 1),
        (".jpg", (2, 3, 3), 3),
        (".bmp", (2, 3, 3), None),
    ],
)
def test_as_the_header_says(suffix, shape, number):
    assert channels(encoded(suffix, shape)) == number


def test_a_palette_stands_for_colour():
    content = bytearray(encoded(".png", (2, 3)))
    content[25] = 3
    assert channels(bytes(content)) == 3


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_cut_off(suffix):
    content = encoded(suffix, (2, 3))
    assert [channels(content[:length]) for length in (0, 8, 15, 22)] == [None] * 4
