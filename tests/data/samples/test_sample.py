import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.labels.run_lengths import encode
from auxnet_cli.data.samples.sample import Sample, read_sample
from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.errors import InputError
from tests.data.source_builders import put

IMAGE = np.zeros((20, 40, 3), np.uint8)


def masked(label, x, y, width, height):
    """The annotation of a rectangle of pixels."""
    mask = np.zeros((20, 40), bool)
    mask[y : y + height, x : x + width] = True
    return Annotation(label, (x, y, width, height), encode(mask))


@pytest.fixture
def record(tmp_path):
    """20 x 40 pixels of red; its annotations are given."""
    path = tmp_path / "Blech ö.png"
    put(path, np.full((20, 40, 3), (0, 0, 200), np.uint8))  # in OpenCV's order
    return lambda *annotations: Record(1, path.name, path, 20, 40, annotations)


@pytest.fixture
def mixed(record):
    """Two pits, a crack over one of them, and a crack with a box only."""
    masks = masked(0, 2, 2, 4, 4), masked(0, 20, 10, 8, 4), masked(1, 20, 8, 4, 10)
    return record(*masks, Annotation(1, (30.0, 4.0, 8.0, 6.0), None))


def test_everything_comes_from_one_truth(mixed):
    sample = read_sample(mixed, 3, (20, 40))
    assert sample.image.shape == (20, 40, 3)
    assert (sample.image == (200, 0, 0)).all()
    assert sample.labels.tolist() == [1, 1, 0]
    assert sample.labels.dtype == np.float32
    assert sample.masks.shape == (20, 40, 3)
    assert sample.masks.sum(axis=(0, 1)).tolist() == [16 + 32, 40, 0]
    boxes, labels = sample.boxes
    assert boxes.tolist() == [[2, 2, 6, 6], [20, 10, 28, 14], [20, 8, 24, 18], [30, 4, 38, 10]]
    assert labels.tolist() == [0, 0, 1, 1]
    assert not sample.masks_known


def test_the_truth_shrinks_with_the_image(mixed):
    sample = read_sample(mixed, 2, (10, 80))
    boxes, _ = sample.boxes
    assert boxes.tolist() == [[4, 1, 12, 3], [40, 5, 56, 7], [40, 4, 48, 9], [60, 2, 76, 5]]
    assert sample.image.shape == (10, 80, 3)


@pytest.mark.parametrize(
    ("annotations", "size", "pixels", "expected"),
    [
        ([masked(0, 2, 2, 4, 4)], (2, 4), 1, [[0.2, 0.2, 0.6, 0.6]]),  # as fine as the original
        (
            [masked(0, 4, 4, 1, 1), masked(0, 5, 5, 1, 1)],  # the second covers the first
            (5, 10),
            1,
            [[1, 1, 1.25, 1.25], [1.25, 1.25, 1.5, 1.5]],
        ),
        (
            [masked(0, 0, 0, 4, 4), masked(0, 4, 0, 4, 4)],  # they touch
            (20, 40),
            32,
            [[0, 0, 4, 4], [4, 0, 8, 4]],
        ),
        ([], (10, 20), 0, []),
    ],
)
def test_boxes_and_masks(record, annotations, size, pixels, expected):
    sample = read_sample(record(*annotations), 1, size)
    assert sample.masks_known
    assert sample.masks.sum() == pixels
    boxes, labels = sample.boxes
    assert boxes.shape == (len(expected), 4)
    assert boxes == pytest.approx(np.array(expected).reshape(-1, 4))
    assert labels.tolist() == [0] * len(expected)
    assert sample.labels.tolist() == [float(bool(expected))]


def test_a_window_cuts_masks_and_boxes_alike(record):
    """A crack from corner to corner: its box is that of what the window shows of it."""
    crack = np.zeros((20, 40), np.uint8)
    cv2.line(crack, (2, 1), (37, 18), 1)
    cracked = record(Annotation(0, (2, 1, 36, 18), encode(crack > 0)))
    window = Window(0, 0, 10, 20)
    sample = read_sample(cracked, 1, (10, 20), window)
    rows, columns = np.nonzero(crack[window.slices])
    expected = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert sample.boxes[0].tolist() == [expected]
    corner = read_sample(cracked, 1, (10, 20), Window(10, 0, 10, 16))  # in the box, off the crack
    assert not corner.masks.any()
    assert corner.labels.tolist() == [0]
    assert len(corner.boxes[0]) == 0


@pytest.mark.parametrize(("shift", "box"), [(0, [10, 0, 20, 5]), (3, [10.5, 0, 19.5, 7.5])])
def test_a_hull_that_the_border_cuts_gives_way_to_the_pixels_shown(shift, box):
    instances = np.zeros((20, 40, 2), np.uint16)
    instances[0:5, 10:20, 1] = 1
    corners = np.array([(10.5, -3), (19.5, -3), (19.5, 4.5), (10.5, 4.5)], np.float32)
    outline = Outline(1, corners + np.array([0, shift], np.float32), 1)
    assert Sample(IMAGE, instances, (outline,)).boxes[0].tolist() == [box]


@pytest.mark.parametrize(
    ("corners", "number", "box"),
    [
        # A speck with a mask, the one pixel of which was turned out of the image.
        ([(0.25, 5), (0.5, 5), (0.5, 5.5), (0.25, 5.5)], 1, [0.25, 5, 0.5, 5.5]),
        ([(-0.25, 5), (0, 5), (0, 5.5), (-0.25, 5.5)], 1, None),
        ([(5, 5), (9, 5), (9, 8), (5, 8)], 0, [5, 5, 9, 8]),
        ([(-5, -5), (9, 5), (3, 8), (5, 25)], 0, [0, 0, 9, 20]),  # turned, and over the border
        ([(5, 5), (5.5, 5), (5.5, 5.25), (5, 5.25)], 0, [5, 5, 5.5, 5.25]),  # below a pixel
        ([(39.5, 5), (49, 5), (49, 8), (39.5, 8)], 0, None),  # a sliver is left of it
        ([(50, 5), (59, 5), (59, 8), (50, 8)], 0, None),
        ([(5, 5), (5, 5), (5, 9), (5, 9)], 0, None),  # no area
    ],
)
def test_label_and_box_of_an_outline_agree(corners, number, box):
    outline = Outline(1, np.array(corners, np.float32), number)
    sample = Sample(IMAGE, np.zeros((20, 40, 2), np.uint16), (outline,))
    boxes, labels = sample.boxes
    assert boxes.tolist() == ([box] if box else [])
    assert labels.tolist() == ([1] if box else [])
    assert sample.labels.tolist() == [0, 1 if box else 0]
    assert sample.masks_known == bool(number)


def test_an_unreadable_image(mixed):
    mixed.path.write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        read_sample(mixed, 2, (20, 40))


@given(st.integers(0, 2**32 - 1))
def test_boxes_enclose_each_instance_exactly(seed):
    instances = np.random.default_rng(seed).integers(0, 4, (9, 7, 2)).astype(np.uint16)
    instances[..., 1] += (instances[..., 1] > 0) * np.uint16(3)
    boxes, labels = Sample(np.zeros((9, 7, 3), np.uint8), instances).boxes
    expected = []
    for label in (0, 1):
        for number in np.unique(instances[..., label]):
            if number:
                rows, columns = np.nonzero(instances[..., label] == number)
                box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
                expected.append((label, box))
    assert labels.tolist() == [label for label, _ in expected]
    assert boxes.tolist() == [box for _, box in expected]
