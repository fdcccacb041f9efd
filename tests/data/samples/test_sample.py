import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.hull import Hull
from auxnet_cli.data.samples.sample import Sample, read_sample
from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.errors import InputError


def rle(mask):
    return coco_mask.encode(np.asfortranarray(mask))


def mask(height, width, rows, columns):
    made = np.zeros((height, width), np.uint8)
    made[slice(*rows), slice(*columns)] = 1
    return made


@pytest.fixture
def record(tmp_path):
    """20 x 40 pixels: two pits, a crack over one of them, and a crack with a box only."""
    path = tmp_path / "Blech ö.png"
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[..., 2] = 200  # red, in OpenCV's order
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return Record(
        id=1,
        name=path.name,
        path=path,
        height=20,
        width=40,
        annotations=(
            Annotation(0, (2, 2, 4, 4), rle(mask(20, 40, (2, 6), (2, 6)))),
            Annotation(0, (20, 10, 8, 4), rle(mask(20, 40, (10, 14), (20, 28)))),
            Annotation(1, (20, 8, 4, 10), rle(mask(20, 40, (8, 18), (20, 24)))),
            Annotation(1, (30.0, 4.0, 8.0, 6.0), None),
        ),
    )


def test_everything_comes_from_one_truth(record):
    sample = read_sample(record, 3, (20, 40))
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


def test_the_truth_shrinks_with_the_image(record):
    sample = read_sample(record, 2, (10, 80))
    boxes, _ = sample.boxes
    assert boxes.tolist() == [[4, 1, 12, 3], [40, 5, 56, 7], [40, 4, 48, 9], [60, 2, 76, 5]]
    assert sample.image.shape == (10, 80, 3)


def test_boxes_are_as_fine_as_the_original_masks(record):
    """A pit 4 px high at a scale of 1/10 is 0.4 high, not a pixel."""
    sample = read_sample(Record(1, "a", record.path, 20, 40, record.annotations[:1]), 1, (2, 4))
    assert sample.masks.sum() == 1
    boxes, _ = sample.boxes
    assert boxes == pytest.approx(np.array([[0.2, 0.2, 0.6, 0.6]]))


def test_a_window_cuts_masks_and_boxes_alike(record):
    """A crack from corner to corner: its box is that of what the window shows of it."""
    crack = np.zeros((20, 40), np.uint8)
    cv2.line(crack, (2, 1), (37, 18), 1)
    record = Record(1, "a", record.path, 20, 40, (Annotation(0, (2, 1, 36, 18), rle(crack)),))
    window = Window(0, 0, 10, 20)
    sample = read_sample(record, 1, (10, 20), window)
    rows, columns = np.nonzero(crack[window.slices])
    expected = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert sample.boxes[0].tolist() == [expected]
    corner = read_sample(record, 1, (10, 20), Window(10, 0, 10, 16))  # in the box, beside the crack
    assert not corner.masks.any()
    assert corner.labels.tolist() == [0]
    assert len(corner.boxes[0]) == 0


def test_a_defect_covered_by_another_keeps_its_box(record):
    pits = [(4, 4, 1, 1), (5, 5, 1, 1)]
    annotations = tuple(
        Annotation(0, (x, y, w, h), rle(mask(20, 40, (y, y + h), (x, x + w))))
        for x, y, w, h in pits
    )
    sample = read_sample(Record(1, "a", record.path, 20, 40, annotations), 1, (5, 10))
    assert sample.masks.sum() == 1
    boxes, labels = sample.boxes
    assert boxes.tolist() == [[1, 1, 1.25, 1.25], [1.25, 1.25, 1.5, 1.5]]
    assert labels.tolist() == [0, 0]


def test_a_hull_that_the_border_cuts_gives_way_to_the_pixels_shown():
    instances = np.zeros((20, 40, 2), np.uint16)
    instances[0:5, 10:20, 1] = 1
    corners = np.array([(10.5, -3), (19.5, -3), (19.5, 4.5), (10.5, 4.5)], np.float32)
    outlines = np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64)
    for shift, expected in ((0, [10, 0, 20, 5]), (3, [10.5, 0, 19.5, 7.5])):
        hull = Hull(1, 1, corners + np.array([0, shift], np.float32))
        sample = Sample(np.zeros((20, 40, 3), np.uint8), instances, *outlines, (hull,))
        assert sample.boxes[0].tolist() == [expected]


def test_label_and_box_of_a_hull_agree():
    """A speck at the border, the one pixel of which was turned out of the image."""
    corners = np.array([(0.1, 5), (0.3, 5), (0.3, 5.2), (0.1, 5.2)], np.float32)
    empty = np.zeros((20, 40, 2), np.uint16)
    nothing = np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64)
    for shift, shown in ((0, 1), (-0.2, 0)):
        hull = Hull(1, 1, corners + np.array([shift, 0], np.float32))
        sample = Sample(np.zeros((20, 40, 3), np.uint8), empty, *nothing, (hull,))
        assert sample.labels.tolist() == [0, shown]
        assert sample.boxes[1].tolist() == [1] * shown


def test_touching_defects_of_a_class_keep_their_boxes(record):
    pits = (
        Annotation(0, (0, 0, 4, 4), rle(mask(20, 40, (0, 4), (0, 4)))),
        Annotation(0, (4, 0, 4, 4), rle(mask(20, 40, (0, 4), (4, 8)))),
    )
    record = Record(1, record.name, record.path, 20, 40, pits)
    boxes, _ = read_sample(record, 1, (20, 40)).boxes
    assert boxes.tolist() == [[0, 0, 4, 4], [4, 0, 8, 4]]


def test_a_good_part(record):
    sample = read_sample(Record(1, "a", record.path, 20, 40, ()), 2, (10, 20))
    assert sample.labels.tolist() == [0, 0]
    assert not sample.masks.any()
    assert sample.masks_known
    boxes, labels = sample.boxes
    assert boxes.shape == (0, 4)
    assert labels.shape == (0,)


def test_only_masks_are_known(record):
    record = Record(1, "a", record.path, 20, 40, record.annotations[:3])
    assert read_sample(record, 2, (20, 40)).masks_known


def test_an_unreadable_image(record):
    record.path.write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        read_sample(record, 2, (20, 40))


def outlined(*corners):
    outlines = np.array([corners], np.float32)
    empty = np.zeros((20, 40, 2), np.uint16)
    return Sample(np.zeros((20, 40, 3), np.uint8), empty, outlines, np.array([1]))


@pytest.mark.parametrize(
    ("corners", "box"),
    [
        ([(5, 5), (9, 5), (9, 8), (5, 8)], [5, 5, 9, 8]),
        ([(-5, -5), (9, 5), (3, 8), (5, 25)], [0, 0, 9, 20]),  # turned, and over the border
        ([(5, 5), (5.5, 5), (5.5, 5.25), (5, 5.25)], [5, 5, 5.5, 5.25]),  # smaller than a pixel
        ([(39.5, 5), (49, 5), (49, 8), (39.5, 8)], None),  # a sliver is left of it
        ([(50, 5), (59, 5), (59, 8), (50, 8)], None),
        ([(5, 5), (5, 5), (5, 9), (5, 9)], None),  # no area
    ],
)
def test_label_and_box_of_an_outline_agree(corners, box):
    sample = outlined(*corners)
    boxes, labels = sample.boxes
    assert boxes.tolist() == ([box] if box else [])
    assert labels.tolist() == ([1] if box else [])
    assert sample.labels.tolist() == [0, 1 if box else 0]


@given(st.integers(0, 2**32 - 1))
def test_boxes_enclose_each_instance_exactly(seed):
    instances = np.random.default_rng(seed).integers(0, 4, (9, 7, 2)).astype(np.uint16)
    instances[..., 1] += (instances[..., 1] > 0) * np.uint16(3)
    nothing = np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64)
    boxes, labels = Sample(np.zeros((9, 7, 3), np.uint8), instances, *nothing).boxes
    expected = []
    for label in (0, 1):
        for number in np.unique(instances[..., label]):
            if number:
                rows, columns = np.nonzero(instances[..., label] == number)
                box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
                expected.append((label, box))
    assert labels.tolist() == [label for label, _ in expected]
    assert boxes.tolist() == [box for _, box in expected]
