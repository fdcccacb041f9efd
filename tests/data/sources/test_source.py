import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.source import Canvas


@pytest.mark.parametrize(
    ("corners", "box", "kinds"),
    [
        ((2, 3, 5, 7), (2, 3, 3, 4), []),
        ((-0.5, 0, 20.5, 10), (0, 0, 20, 10), []),
        ((-1, 0, 5, 5), (0, 0, 5, 5), ["box-past-image"]),
        ((0, 0, 5, 11), (0, 0, 5, 10), ["box-past-image"]),
        ((5, 5, 5, 7), None, ["degenerate-box"]),
        ((7, 5, 5, 7), None, ["degenerate-box"]),
        ((20, 0, 30, 10), None, ["degenerate-box"]),
        ((-1e308, 0, 1e308, 10), (0, 0, 20, 10), ["box-past-image"]),
    ],
)
def test_a_box_is_cut_to_the_image_or_left_out(corners, box, kinds):
    canvas = Canvas("a.png", 10, 20, Audit())
    assert canvas.box(corners, "object 1") == box
    assert list(canvas.audit.counts()) == kinds


@given(st.tuples(*[st.floats(-1e300, 1e300)] * 4))
def test_the_part_of_a_box_that_is_kept_lies_within(corners):
    box = Canvas("a.png", 10, 20, Audit()).box(corners, "object 1")
    if box is not None:
        x, y, width, height = box
        assert min(x, y) >= 0 < min(width, height)
        assert x + width <= 20 + 1e-9
        assert y + height <= 10 + 1e-9
