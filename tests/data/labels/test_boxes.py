import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.labels.shapes import fit_box


def fitted(corners):
    audit = Audit()
    return fit_box(corners, 10, 20, "a.png", "object 1", audit), list(audit.counts())


@pytest.mark.parametrize(
    ("corners", "box", "kinds"),
    [
        ((2, 3, 5, 7), (2, 3, 3, 4), []),
        ((0, 0, 20, 10), (0, 0, 20, 10), []),
        ((-0.5, 0, 20.5, 10), (0, 0, 20, 10), []),
        ((-1, 0, 5, 5), (0, 0, 5, 5), ["box-past-image"]),
        ((0, 0, 5, 11), (0, 0, 5, 10), ["box-past-image"]),
        ((5, 5, 5, 7), None, ["degenerate-box"]),
        ((7, 5, 5, 7), None, ["degenerate-box"]),
        ((20, 0, 30, 10), None, ["degenerate-box"]),
        ((-1e308, 0, 1e308, 10), (0, 0, 20, 10), ["box-past-image"]),
    ],
)
def test_cut_to_the_image_or_left_out(corners, box, kinds):
    assert fitted(corners) == (box, kinds)


@given(st.tuples(*[st.floats(-1e300, 1e300)] * 4))
def test_what_is_kept_lies_within(corners):
    box, _ = fitted(corners)
    if box is not None:
        x, y, width, height = box
        assert min(box) >= 0
        assert width > 0
        assert height > 0
        assert x + width <= 20 + 1e-9
        assert y + height <= 10 + 1e-9
