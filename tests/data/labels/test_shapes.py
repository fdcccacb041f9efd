import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from auxnet_cli.data.labels.shapes import (
    circle_mask,
    line_mask,
    fill_coco_polygons,
    to_box,
    to_points,
)

coordinates = st.floats(-20, 40, width=32)


@given(
    st.lists(st.floats(0, 2 * np.pi), min_size=3, max_size=8),
    coordinates,
    coordinates,
    st.floats(1, 25),
)
def test_pixels_well_inside_a_polygon_belong_and_those_well_outside_do_not(angles, x, y, radius):
    """Convex polygons: a centre's distance to the outline is the least of those to its edges."""
    turns = np.unique(angles)
    corners = np.column_stack((np.cos(turns), np.sin(turns))) * radius + (x, y)
    try:
        mask = fill_coco_polygons([to_points(corners.tolist(), 20, 20)], 20, 20)
    except ValueError:
        assert (np.abs(corners - 10) > 30).any()
        return
    edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*edges.T)
    if len(corners) < 3 or lengths.min() < 1e-3:
        return
    centres = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1) + 0.5
    to_centres = centres[:, :, None] - corners
    inward = (edges[:, 0] * to_centres[..., 1] - edges[:, 1] * to_centres[..., 0]) / lengths
    depth = inward.min(axis=-1)
    assert mask[depth > 0.75].all()
    assert not mask[depth < -0.75].any()


def test_a_polygon_is_filled_as_pycocotools_does():
    polygon = [2.3, 1.0, 9.7, 3.2, 5.5, 8.9]
    expected = coco.decode(coco.frPyObjects([polygon], 10, 12))[..., 0].astype(bool)
    assert (fill_coco_polygons([to_points(polygon, 10, 12)], 10, 12) == expected).all()
    assert expected.any()


def test_polygons_together_and_too_few_corners():
    two = [
        to_points(values, 4, 8) for values in ([0, 0, 2, 0, 2, 2, 0, 2], [4, 0, 6, 0, 6, 4, 4, 4])
    ]
    mask = fill_coco_polygons([*two, to_points([0, 0, 8, 4], 4, 8)], 4, 8)
    assert mask.sum() == 4 + 8
    assert not fill_coco_polygons([two[0][:2]], 4, 8).any()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, 3], "3 coordinates"),
        ([1, 2, 3, float("nan")], "far from"),
        ([1, 2, 3, 1e308], "far from"),
        ([1, 2, 3, -1e9], "far from"),
        (["1", "2"], "no list of coordinates"),
        ([1, None], "no list of coordinates"),
        ([1, 10**30], "far from"),
        ([1, 10**400], "a coordinate of hundreds of digits"),
        ([True, 2], "no list of coordinates"),
        ([[1, 2], [3, "4"]], "no list of coordinates"),
        ([[1, 2], [3]], "no list of coordinates"),
        ([[1, 2, 3]], "no list of coordinates"),
        ([[[1, 2]]], "no list of coordinates"),
        ({"x": 1}, "no list of coordinates"),
        (None, "no list of coordinates"),
        (7, "no list of coordinates"),
    ],
)
def test_no_points(values, message):
    with pytest.raises(ValueError, match=message):
        to_points(values, 10, 10)


def test_one_long_text_among_numbers_takes_no_memory():
    """NumPy would make a text of this length of each number: 4 GB."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="a list of 1001 is no list of coordinates"):
            to_points(["x" * 10**6] + [1.0] * 1000, 10, 10)
        assert tracemalloc.get_traced_memory()[1] < 10**7
    finally:
        tracemalloc.stop()


def test_an_endless_outline_is_refused():
    there_and_back = np.tile([[0.0, 0.0], [1000.0, 1000.0]], (2000, 1))
    with pytest.raises(ValueError, match="the outline is"):
        fill_coco_polygons([there_and_back], 1000, 1000)


@given(coordinates, coordinates, st.floats(0, 15, width=32))
def test_circle(x, y, radius):
    mask = circle_mask(np.array([[x, y], [x + radius, y]]), 20, 20)
    rows, columns = np.indices(mask.shape) + 0.5
    distance = np.hypot(rows - y, columns - x)
    assert mask[distance < radius - 1e-6].all()
    assert not mask[distance > radius + 1e-6].any()


def test_a_circle_has_two_points():
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
