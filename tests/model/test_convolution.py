import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.convolution import conv3


@pytest.mark.parametrize("separable", [False, True])
def test_the_size_stays_and_the_spread_too(separable):
    keras.utils.set_random_seed(0)
    x = layers.Input((16, 24, 32))
    layer = conv3(48, "some", separable, use_bias=False, kernel_initializer="he_normal")
    model = keras.Model(x, layer(x))
    values = np.random.default_rng(0).normal(size=(2, 16, 24, 32)).astype(np.float32)
    found = model.predict_on_batch(values)
    assert found.shape == (2, 16, 24, 48)
    # He's initial weights double the variance, of which a ReLU leaves a half.
    assert found[:, 1:-1, 1:-1].std() == pytest.approx(2**0.5, rel=0.2)
    assert layer.name == "some"


def test_a_separable_one_is_a_filter_a_channel_then_a_mix():
    x = layers.Input((5, 5, 2))
    layer = conv3(3, "some", True)
    model = keras.Model(x, layer(x))
    rng = np.random.default_rng(1)
    depthwise, pointwise, bias = (rng.normal(size=w.shape) for w in layer.get_weights())
    layer.set_weights([depthwise, pointwise, bias])
    values = rng.normal(size=(1, 5, 5, 2)).astype(np.float32)
    found = model.predict_on_batch(values)[0, 2, 2]
    filtered = np.einsum("ijc,ijc->c", values[0, 1:4, 1:4], depthwise[..., 0])
    np.testing.assert_allclose(found, filtered @ pointwise[0, 0] + bias, rtol=1e-4)
