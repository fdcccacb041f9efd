from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.encoder import Encoder, channels, find_encoder
from auxnet_cli.settings import ModelSettings
from auxnet_cli.settings.registry import ENCODERS


@cache
def _network(name, size=(64, 96), attention="none", width=1.0):
    inputs = layers.Input((*size, 3))
    settings = ModelSettings(encoder=name, attention=attention, encoder_width=width)
    return keras.Model(inputs, find_encoder(name).build(inputs, settings))


def _backbone(name, network):
    return {layer.name for layer in find_encoder(name).backbone_layers(network)}


def test_every_entry_is_an_encoder():
    assert all(isinstance(find_encoder(name), Encoder) for name in ENCODERS)


WIDTHS = {
    "resnet18": ((64, 64, 128, 256, 512), (32, 32, 64, 128, 256)),
    "resnet50": ((64, 256, 512, 1024, 2048), (32, 128, 256, 512, 1024)),
    "vgg16": ((128, 256, 512, 512, 512), (64, 128, 256, 256, 256)),
    "efficientnetb0": ((16, 24, 40, 112, 1280), (8, 16, 16, 56, 640)),
    "efficientnet-lite0": ((16, 24, 40, 112, 1280), (8, 16, 16, 56, 640)),
    "efficientnet-lite1": ((16, 24, 40, 112, 1280), (8, 16, 16, 56, 640)),
    "efficientnet-lite2": ((16, 24, 48, 120, 1280), (8, 16, 24, 64, 640)),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_levels_halve_in_size_and_in_width_where_asked(name):
    whole, half = WIDTHS[name]
    network = _network(name)
    assert list(network.output) == [1, 2, 3, 4, 5]
    shapes = [tensor.shape[1:] for tensor in network.output.values()]
    assert [shape[:2] for shape in shapes] == [(32, 48), (16, 24), (8, 12), (4, 6), (2, 3)]
    assert tuple(shape[2] for shape in shapes) == whole
    narrow = _network(name, width=0.5)
    assert tuple(tensor.shape[3] for tensor in narrow.output.values()) == half
    assert narrow.count_params() < 0.4 * network.count_params()


@pytest.mark.parametrize("name", ["resnet18", "efficientnetb0"])
def test_odd_sizes_round_up(name):
    shapes = {level: t.shape[1:3] for level, t in _network(name, (75, 101)).output.items()}
    assert shapes == {1: (38, 51), 2: (19, 26), 3: (10, 13), 4: (5, 7), 5: (3, 4)}


DILATED = {"segmenter": "pspnet", "mask_stride": 8, "memory": {"vectors": 0}}


@pytest.mark.parametrize(
    ("name", "level", "offset"),
    [("resnet50", 5, 0), ("efficientnet-lite0", 5, 3), ("vgg16", 4, 0)],
)
def test_a_dilated_encoder_sees_what_the_strided_one_sees(name, level, offset):
    """At every fourth place of C5; EfficientNet's padding at one side moves these by three.

    VGG's last pooling cannot be dilated.
    """
    keras.utils.set_random_seed(0)
    inputs = layers.Input((128, 192, 3))
    plain = ModelSettings(encoder=name, attention="none", encoder_width=0.5)
    dilated = ModelSettings.model_validate({**plain.model_dump(), **DILATED})
    strided, other = (
        keras.Model(inputs, find_encoder(name).build(inputs, each)) for each in (plain, dilated)
    )
    other.set_weights(strided.get_weights())
    images = np.random.default_rng(0).normal(size=(1, 128, 192, 3)).astype(np.float32)
    expected, found = (
        [keras.ops.convert_to_numpy(values) for values in network(images).values()]
        for network in (strided, other)
    )
    assert [values.shape[1:3] for values in found[2:]] == [(16, 24)] * 3
    every = 2 ** (level - 3)
    there, wanted = found[level - 1][:, offset::every, offset::every], expected[level - 1]
    assert np.abs(there - wanted).max() < 1e-4 * wanted.max()


@pytest.mark.parametrize("name", ["resnet50", "efficientnetb0"])
def test_the_backbone_is_what_keras_applications_has(name):
    reference = find_encoder(name).pretrained.build()
    expected = {layer.name for layer in reference.layers if layer.weights}
    backbone = _backbone(name, _network(name))
    assert backbone == {name for name in expected if not name.startswith("normalization")}


@pytest.mark.parametrize("name", ["resnet18", "efficientnetb0"])
def test_the_rest_of_the_encoder_is_attention(name):
    expected = {layer.name for layer in _network(name).layers if layer.weights}
    assert _backbone(name, _network(name, attention="se+spatial")) == expected


@pytest.mark.parametrize(
    ("published", "factor", "expected"), [(112, 1, 112), (64, 0.5, 32), (24, 0.5, 16), (24, 0.1, 8)]
)
def test_channels_by_hand(published, factor, expected):
    assert channels(published, factor) == expected


@given(published=st.integers(8, 4096), factor=st.floats(0.1, 4))
def test_channels_are_near_the_product_and_never_none(published, factor):
    scaled = channels(published, factor)
    assert scaled >= 8
    assert abs(scaled - published * factor) <= 8
