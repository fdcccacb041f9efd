import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.data.labels import touching_objects as layers
from auxnet_cli.data.labels.instances import components, decode
from auxnet_cli.data.labels.touching_objects import Layers


def add(found, mask):
    rows, columns = np.nonzero(mask)
    top, left = rows.min(), columns.min()
    found.add(top, left, mask[top : rows.max() + 1, left : columns.max() + 1])


@given(arrays(np.uint8, (6, 7), elements=st.integers(0, 4)))
def test_objects_come_out_as_they_went_in(numbers):
    found = Layers(6, 7)
    for number in np.unique(numbers[numbers > 0]):
        add(found, numbers == number)
    union = np.zeros((6, 7), int)
    for mask in found.masks:
        union += mask
        for instance in components(mask):
            assert len(np.unique(numbers[decode(instance.rle, *instance.rle["size"])])) == 1
    assert np.array_equal(union, numbers > 0)
    assert found.joined == 0


def test_objects_apart_share_a_mask_and_overlapping_ones_do_not():
    found = Layers(5, 5)
    for row in (0, 2, 4):
        found.add(row, 0, np.ones((1, 5), bool))
    assert len(found.masks) == 1
    found.add(1, 1, np.ones((2, 2), bool))
    assert [int(mask.sum()) for mask in found.masks] == [15, 4]


def test_past_the_limit_objects_are_joined(monkeypatch):
    monkeypatch.setattr(layers, "MAX_LAYERS", 2)
    found = Layers(2, 2)
    for _ in range(3):
        found.add(0, 0, np.ones((2, 2), bool))
    assert (len(found.masks), found.joined) == (2, 1)


def test_what_would_take_too_long_is_joined(monkeypatch):
    monkeypatch.setattr(layers, "_MOST_COMPARED", 5)
    found = Layers(4, 4)
    for _ in range(4):
        found.add(0, 0, np.ones((2, 2), bool))
    assert (len(found.masks), found.joined) == (3, 1)


def test_classes_share_the_masks_and_each_has_one():
    for classes, number in ((8, 4), (1000, 1)):
        found = Layers(2, 2, classes)
        for _ in range(6):
            found.add(0, 0, np.ones((2, 2), bool))
        assert (len(found.masks), found.joined) == (number, 6 - number)
