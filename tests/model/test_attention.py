import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.attention import attend, spatial_attention, squeeze_excitation
from auxnet_cli.settings import ModelSettings


@pytest.fixture
def pixels():
    return np.random.default_rng(0).normal(size=(2, 5, 6, 32)).astype(np.float32)


def _model(build):
    inputs = layers.Input((5, 6, 32))
    return keras.Model(inputs, build(inputs))


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_squeeze_excitation_is_equations_1_and_2(pixels):
    model = _model(lambda x: squeeze_excitation(x, 16, "se"))
    w1, b1 = model.get_layer("se_reduce").get_weights()
    w2, b2 = model.get_layer("se_excite").get_weights()
    assert w1.shape == (32, 2)
    z = pixels.mean(axis=(1, 2))
    s = _sigmoid(np.maximum(z @ w1 + b1, 0) @ w2 + b2)
    expected = pixels * s[:, None, None, :]
    np.testing.assert_allclose(model.predict_on_batch(pixels), expected, atol=1e-5)


def test_spatial_attention_is_a_map_of_mean_and_maximum(pixels):
    model = _model(lambda x: spatial_attention(x, 7, "sa"))
    kernel, bias = model.get_layer("sa_map").get_weights()
    assert kernel.shape == (7, 7, 2, 1)
    pooled = np.stack([pixels.mean(axis=-1), pixels.max(axis=-1)], axis=-1)
    padded = np.pad(pooled, ((0, 0), (3, 3), (3, 3), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (7, 7), axis=(1, 2))
    scale = _sigmoid(np.einsum("bhwcij,ijc->bhw", windows, kernel[..., 0]) + bias)
    expected = pixels * scale[..., None]
    np.testing.assert_allclose(model.predict_on_batch(pixels), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "scales"),
    [
        ("none", []),
        ("se", ["a_se_scale"]),
        ("spatial", ["a_sa_scale"]),
        ("se+spatial", ["a_se_scale", "a_sa_scale"]),
    ],
)
def test_each_attention_can_be_switched(kind, scales):
    settings = ModelSettings(attention=kind)
    model = _model(lambda x: layers.Activation("relu")(attend(x, settings, "a")))
    assert [layer.name for layer in model.layers if layer.name.endswith("scale")] == scales
