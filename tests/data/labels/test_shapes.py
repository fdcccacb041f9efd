import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.labels.shapes import circle_mask, line_mask, to_box, to_points

coordinates = st.floats(-20, 40, width=32)


def test_points_in_pairs_or_in_a_row():
    for values in ([1, 2, 3.5, -4], [[1, 2], [3.5, -4]]):
        assert to_points(values, 10, 10).tolist() == [[1, 2], [3.5, -4]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, 3], "3 coordinates"),
        ([1, 2, 3, float("nan")], "far from"),
        ([1, 2, 3, 1e308], "far from"),
        ([1, 2, 3, -1e9], "far from"),
        ([1, 10**30], "far from"),
        ([1, 10**400], "a coordinate of hundreds of digits"),
        (["1", "2"], "no list of coordinates"),
        ([1, None], "no list of coordinates"),
        ([True, 2], "no list of coordinates"),
        ([[1, 2], [3, "4"]], "no list of coordinates"),
        ([[1, 2], [3]], "no list of coordinates"),
        ([[1, 2, 3]], "no list of coordinates"),
        ([[[1, 2]]], "no list of coordinates"),
        ({"x": 1}, "no list of coordinates"),
        (None, "no list of coordinates"),
    ],
)
def test_wrong_points_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        to_points(values, 10, 10)


def test_a_long_text_among_numbers_takes_no_memory():
    """NumPy would make a text of this length of each number: 4 GB."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="a list of 1001 is no list of coordinates"):
            to_points(["x" * 10**6] + [1.0] * 1000, 10, 10)
        assert tracemalloc.get_traced_memory()[1] < 10**7
    finally:
        tracemalloc.stop()


@given(coordinates, coordinates, st.floats(0, 15, width=32))
def test_circle(x, y, radius):
    mask = circle_mask(np.array([[x, y], [x + radius, y]]), 20, 20)
    rows, columns = np.indices(mask.shape) + 0.5
    distance = np.hypot(rows - y, columns - x)
    assert mask[distance < radius - 1e-6].all()
    assert not mask[distance > radius + 1e-6].any()
    with pytest.raises(ValueError, match="not 3 points"):
        circle_mask(np.zeros((3, 2)), 20, 20)


def test_line_is_three_pixels_wide():
    mask = line_mask(to_points([[2.5, 5.5], [12.5, 5.5]], 20, 20), 20, 20)
    assert mask[:, 7].nonzero()[0].tolist() == [4, 5, 6]
    assert not line_mask(np.zeros((1, 2)), 20, 20).any()
    assert not line_mask(np.array([[30.0, -15.0], [35.0, -5.0]]), 20, 20).any()


def test_boxes():
    assert to_box([1, 2, 3.5, 4]) == (1, 2, 3.5, 4)
    for values in (None, [1, 2, 3], [1, 2, 3, "4"], [1, 2, float("nan"), 4], [1, 2, 3, 1e999]):
        with pytest.raises(ValueError, match=r"its box is|no finite number"):
            to_box(values)
