import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.detection.box_tensors import decode_boxes, encode_boxes, pairwise_iou
from auxnet_cli.model.detection.boxes import decode, encode, iou


def draw(count, seed=0):
    rng = np.random.default_rng(seed)
    low, sides = rng.uniform(0, 150, (2, count, 2)), rng.uniform(2, 60, (2, count, 2))
    return np.concatenate([low, low + sides], axis=-1).astype(np.float32)


def test_overlaps_are_those_of_arrays():
    first, second = draw(7), draw(5, seed=1)
    second[:, 0] = 0  # as lists are filled up
    found = ops.convert_to_numpy(pairwise_iou(*map(ops.convert_to_tensor, (first, second))))
    for image in range(2):
        np.testing.assert_allclose(found[image], iou(first[image], second[image]), atol=1e-5)
    assert (found[:, :, 0] == 0).all()


@pytest.mark.parametrize("images", [1, 2])
def test_overlaps_inside_a_network_are_those_of_arrays(images):
    boxes = draw(7)[:images]
    given = layers.Input((7, 4))
    found = ops.convert_to_numpy(keras.Model(given, pairwise_iou(given, given))(boxes))
    for image in range(images):
        np.testing.assert_allclose(found[image], iou(boxes[image], boxes[image]), atol=1e-5)


@pytest.mark.parametrize("spread", [1, 0.5])
def test_offsets_are_those_of_arrays(spread):
    boxes, anchors = draw(9), draw(9, seed=1)
    tensors = map(ops.convert_to_tensor, (boxes, anchors))
    offsets = ops.convert_to_numpy(encode_boxes(*tensors, spread))
    for image in range(2):
        expected = encode(boxes[image], anchors[image]) / spread
        np.testing.assert_allclose(offsets[image], expected, rtol=1e-3, atol=1e-3)


def test_boxes_come_back_and_are_cut_at_the_border():
    boxes, anchors = draw(9), draw(9, seed=1)
    offsets = encode_boxes(*map(ops.convert_to_tensor, (boxes, anchors)), 0.5)
    back = decode_boxes(offsets, ops.convert_to_tensor(anchors), 0.5, (500, 500))
    np.testing.assert_allclose(ops.convert_to_numpy(back), boxes, atol=1e-3)
    cut = decode_boxes(offsets, ops.convert_to_tensor(anchors), 0.5, (100, 120))
    expected = np.clip(boxes, 0, [120, 100, 120, 100])
    np.testing.assert_allclose(ops.convert_to_numpy(cut), expected, atol=1e-3)


def test_huge_offsets_stay_finite():
    anchors = draw(3)
    offsets = np.full_like(anchors, 1e4)
    found = decode_boxes(*map(ops.convert_to_tensor, (offsets, anchors)), 1, (64, 64))
    expected = [np.clip(decode(offsets[0], anchors[0]), 0, 64)]
    np.testing.assert_allclose(ops.convert_to_numpy(found)[:1], expected)
