import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from auxnet_cli.data.labels import polygons
from auxnet_cli.data.labels.polygons import fill_coco_polygons, fill_polygon, outline


def crossings(y, points):
    """Where the edges cross a height: the textbook's way, an edge at a time."""
    return [
        (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True)
        if (y1 > y) != (y2 > y)
    ]


@given(arrays(bool, (7, 9)).filter(np.any), st.integers(7, 10**6), st.integers(9, 10**6))
def test_the_outline_of_any_mask_fills_to_the_same_mask(mask, height, width):
    """Also when it is written with nine digits, as parts of an image's size."""
    points = outline(mask)
    assert np.array_equal(fill_polygon(points, 7, 9), mask)
    # The corners alone: no three in a row on one line, but where a loop is left or entered.
    assert len(points) <= 2 * 7 * 9 * 4
    size = width, height
    written = np.array([[float(f"{part:.9g}") for part in pair] for pair in points / size])
    assert np.array_equal(fill_polygon(written * size, 7, 9), mask)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-3, 9), st.floats(-3, 9)), min_size=3, max_size=6))
def test_a_pixel_belongs_when_its_centre_is_inside(corners):
    points = np.array(corners)
    mask = fill_polygon(points, 5, 6)
    for row in range(5):
        edges = crossings(row + 0.5, points)
        for column in range(6):
            centre = column + 0.5
            if all(abs(x - centre) > 1e-9 for x in edges):  # else rounding decides
                assert mask[row, column] == sum(x > centre for x in edges) % 2


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
    there_and_back = np.tile([[0.0, 0.0], [1000.0, 1000.0]], (2000, 1))
    with pytest.raises(ValueError, match="the outline is"):
        fill_coco_polygons([there_and_back], 1000, 1000)


def test_coco_polygons_are_filled_as_pycocotools_does():
    polygon = [2.3, 1.0, 9.7, 3.2, 5.5, 8.9]
    expected = coco.decode(coco.frPyObjects([polygon], 10, 12))[..., 0].astype(bool)
    points = np.array(polygon).reshape(-1, 2)
    assert (fill_coco_polygons([points], 10, 12) == expected).all()
    assert expected.any()
    square, beside = np.array([[[0, 0], [2, 0], [2, 2], [0, 2]], [[4, 0], [6, 0], [6, 4], [4, 4]]])
    line = np.array([[0, 0], [8, 4]])  # too few corners
    assert fill_coco_polygons([square, beside, line], 4, 8).sum() == 4 + 8
    assert not fill_coco_polygons([line], 4, 8).any()
