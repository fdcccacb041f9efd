import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.data.labels import polygons
from auxnet_cli.data.labels.polygons import fill_polygon, outline


def crossings(y, points):
    """Where the edges cross a height: the textbook's way, an edge at a time."""
    return [
        (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True)
        if (y1 > y) != (y2 > y)
    ]


@given(arrays(bool, (7, 9)).filter(np.any))
def test_the_outline_of_any_mask_fills_to_the_same_mask(mask):
    points = outline(mask)
    assert np.array_equal(fill_polygon(points, 7, 9), mask)
    # The corners alone: no three in a row on one line, but where a loop is left or entered.
    assert len(points) <= 2 * 7 * 9 * 4


@given(arrays(bool, (6, 8)).filter(np.any), st.integers(6, 10**6), st.integers(8, 10**6))
def test_nine_digits_of_parts_of_the_size_are_enough(mask, height, width):
    size = width, height
    written = np.array([[float(f"{part:.9g}") for part in pair] for pair in outline(mask) / size])
    assert np.array_equal(fill_polygon(written * size, 6, 8), mask)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-3, 9), st.floats(-3, 9)), min_size=3, max_size=6))
def test_a_pixel_belongs_when_its_centre_is_inside(corners):
    points = np.array(corners)
    mask = fill_polygon(points, 5, 6)
    for row in range(5):
        found = crossings(row + 0.5, points)
        for column in range(6):
            centre = column + 0.5
            if all(abs(x - centre) > 1e-9 for x in found):  # else rounding decides
                assert mask[row, column] == sum(x > centre for x in found) % 2


def test_holes_and_corners():
    ring = np.ones((5, 5), bool)
    ring[2, 2] = ring[0, 0] = False
    ring[1, 1] = False  # meets the hole at a corner
    assert np.array_equal(fill_polygon(outline(ring), 5, 5), ring)
    assert outline(np.ones((1, 1), bool)).shape == (4, 2)
    assert outline(np.ones((3, 4), bool)).shape == (4, 2)


def test_what_would_take_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(polygons, "MAX_CROSSINGS", 9)
    square = np.array([[0, 0], [5, 0], [5, 5], [0, 5]], float)
    with pytest.raises(ValueError, match="10 rows of pixels"):
        fill_polygon(square, 5, 5)
    assert fill_polygon(square, 4, 5).all()
