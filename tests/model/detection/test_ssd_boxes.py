import numpy as np
import pytest

from auxnet_cli.model.detection import ssd_boxes
from auxnet_cli.model.detection.ssd_boxes import boxes_per_place, default_boxes, level_sizes

SIZES = [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]


def test_the_published_number_of_boxes():
    assert level_sizes((300, 300)) == SIZES
    assert [boxes_per_place(number) for number in range(6)] == [4, 6, 6, 6, 4, 4]
    assert len(default_boxes((300, 300))) == 8732


def test_torchvisions_own_example(monkeypatch):
    """Its test of one place on 15 × 15 pixels, with scales .15 and .9 and a ratio of 2."""
    monkeypatch.setattr(ssd_boxes, "SCALES", (0.15, 0.9))
    monkeypatch.setattr(ssd_boxes, "RATIOS", ((2,),))
    monkeypatch.setattr(ssd_boxes, "FINEST", 4)
    expected = [
        [6.3750, 6.3750, 8.6250, 8.6250],
        [4.7443, 4.7443, 10.2557, 10.2557],
        [5.9090, 6.7045, 9.0910, 8.2955],
        [6.7045, 5.9090, 8.2955, 9.0910],
    ]
    # Its only place lies in the middle of the image, and ours in that of a stride of 16.
    np.testing.assert_allclose(default_boxes((15, 15)) - 0.5, expected, atol=1e-4)


def test_places_and_shapes_by_hand():
    boxes = default_boxes((300, 300))
    square, larger = 0.07 * 300, np.sqrt(0.07 * 0.15) * 300
    wide, low = 21 * np.sqrt(2), 21 / np.sqrt(2)
    shapes = boxes[:4, 2:] - boxes[:4, :2]
    expected = [[square] * 2, [larger] * 2, [wide, low], [low, wide]]
    np.testing.assert_allclose(shapes, expected, rtol=1e-5)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    np.testing.assert_allclose(centres[:4], 4, atol=1e-4)
    np.testing.assert_allclose(centres[4:8], [[12, 4]] * 4, atol=1e-4)  # across first
    np.testing.assert_allclose(centres[38 * 38 * 4], 8, atol=1e-4)
    # Strides of 100 and 300, where the maps lose two places.
    np.testing.assert_allclose(centres[-9 * 4 - 4], 50, atol=1e-4)
    np.testing.assert_allclose(centres[-1], 150, atol=1e-4)


def test_no_box_is_larger_than_the_image():
    for size in [(300, 300), (128, 800), (64, 96)]:
        boxes = default_boxes(size)
        sides = boxes[:, 2:] - boxes[:, :2]
        assert (sides <= np.array(size[::-1]) + 1e-3).all()
        assert sides.min() > 0


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((128, 800), [(16, 100), (8, 50), (4, 25), (2, 13)]),
        ((33, 33), [(5, 5), (3, 3), (2, 2), (1, 1)]),
        ((300, 800), [*zip((38, 19, 10, 5, 3, 1), (100, 50, 25, 13, 11, 9), strict=True)]),
    ],
)
def test_maps_without_a_place_are_left_out(size, expected):
    assert level_sizes(size) == expected
