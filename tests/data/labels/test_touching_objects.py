import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.data.labels import touching_objects
from auxnet_cli.data.labels.instances import components
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.data.labels.touching_objects import Layers


def add(layers, mask):
    rows, columns = np.nonzero(mask)
    top, left = rows.min(), columns.min()
    layers.add(top, left, mask[top : rows.max() + 1, left : columns.max() + 1])


@given(arrays(np.uint8, (6, 7), elements=st.integers(0, 4)))
def test_objects_come_out_as_they_went_in(numbers):
    layers = Layers(6, 7)
    for number in np.unique(numbers[numbers > 0]):
        add(layers, numbers == number)
    union = np.zeros((6, 7), int)
    for mask in layers.masks:
        union += mask
        for instance in components(mask):
            assert len(np.unique(numbers[decode(instance.rle, 6, 7)])) == 1
    assert np.array_equal(union, numbers > 0)
    assert layers.joined == 0


def test_objects_apart_share_a_mask_and_overlapping_ones_do_not():
    layers = Layers(5, 5)
    for row in (0, 2, 4):
        layers.add(row, 0, np.ones((1, 5), bool))
    assert len(layers.masks) == 1
    layers.add(1, 1, np.ones((2, 2), bool))
    assert [int(mask.sum()) for mask in layers.masks] == [15, 4]


@pytest.mark.parametrize(
    ("bounds", "classes", "masks", "joined"),
    [
        ({"MAX_LAYERS": 2}, 1, 2, 4),
        ({"_MAX_COMPARED": 5}, 1, 3, 3),  # 4 pixels with each mask before
        ({}, 8, 4, 2),  # classes share the masks
        ({}, 1000, 1, 5),  # and each has one
    ],
)
def test_past_the_limits_objects_are_joined(monkeypatch, bounds, classes, masks, joined):
    for name, value in bounds.items():
        monkeypatch.setattr(touching_objects, name, value)
    layers = Layers(4, 4, classes)
    for _ in range(6):
        layers.add(0, 0, np.ones((2, 2), bool))
    assert (len(layers.masks), layers.joined) == (masks, joined)
