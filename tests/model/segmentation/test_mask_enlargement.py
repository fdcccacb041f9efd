import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.blocks import upsample
from auxnet_cli.model.segmentation.mask_enlargement import enlarge, enlarge_batch, reduced


def logits_of(size, stride, classes=3):
    shape = (*reduced(size, stride), classes)
    return np.random.default_rng(1).normal(-3, 5, shape).astype(np.float32)


def layer_of(logits, stride, size):
    """What Keras's layer gives, cut by another: the network's own last layers, once."""
    x = layers.Input(logits.shape)
    model = keras.Model(x, upsample(x, size, stride, "bilinear", "up"))
    return ops.convert_to_numpy(model(logits[None]))[0]


@pytest.mark.parametrize(
    ("size", "stride", "small"),
    [
        ((128, 800), 4, (32, 200)),
        ((64, 96), 2, (32, 48)),
        ((75, 101), 4, (19, 26)),
        ((75, 101), 2, (38, 51)),
        ((3, 5), 4, (1, 2)),
        ((40, 72), 1, (40, 72)),
    ],
)
@pytest.mark.parametrize("classes", [1, 3, 6])
def test_both_enlarge_as_the_layer_does(size, stride, small, classes):
    logits = logits_of(size, stride, classes)
    assert logits.shape == (*small, classes)
    decoded = enlarge(logits, stride, size)
    batch = np.stack([logits, logits + 1])
    trained = ops.convert_to_numpy(enlarge_batch(ops.convert_to_tensor(batch), stride, size))
    expected = layer_of(logits, stride, size)
    assert expected.shape == decoded.shape == (*size, classes)
    np.testing.assert_allclose(decoded, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(trained[0], expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(trained[1], expected + 1, rtol=0, atol=1e-5)


@pytest.mark.parametrize("stride", [1, 4])
def test_what_is_enlarged_is_an_array_of_its_own(stride):
    logits = logits_of((8, 12), stride)
    before = logits.copy()
    enlarge(logits, stride, (8, 12))[:] = 0
    np.testing.assert_array_equal(logits, before)
