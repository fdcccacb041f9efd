import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoder import encoder
from auxnet_cli.settings import ModelSettings


def _encoder(name, size=(64, 96), attention="se+spatial"):
    inputs = layers.Input((*size, 3))
    settings = ModelSettings(encoder=name, attention=attention)
    return keras.Model(inputs, encoder(inputs, settings))


@pytest.mark.parametrize(("name", "widths"), [("resnet18", (64, 512)), ("resnet50", (256, 2048))])
def test_levels_halve_in_size_and_double_in_width(name, widths):
    shapes = {level: tensor.shape[1:] for level, tensor in _encoder(name).output.items()}
    assert list(shapes) == [2, 3, 4, 5]
    assert shapes[2] == (16, 24, widths[0])
    assert shapes[5] == (2, 3, widths[1])


def test_odd_sizes_round_up():
    shapes = {level: t.shape[1:3] for level, t in _encoder("resnet18", (75, 101)).output.items()}
    assert shapes == {2: (19, 26), 3: (10, 13), 4: (5, 7), 5: (3, 4)}


@pytest.mark.parametrize(("name", "blocks"), [("resnet18", 8), ("resnet50", 16)])
def test_every_block_has_both_attentions_in_series(name, blocks):
    names = [layer.name for layer in _encoder(name).layers]
    assert sum(layer.endswith("_se_scale") for layer in names) == blocks
    assert sum(layer.endswith("_sa_scale") for layer in names) == blocks
    assert names.index("conv3_block1_se_scale") < names.index("conv3_block1_sa_scale")


def test_resnet18_has_its_published_size():
    # timm's resnet18 without its classifier: 11,176,512; ours has biases before 20 norms.
    model = _encoder("resnet18", attention="none")
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    biases = sum(layer.filters for layer in model.layers if isinstance(layer, layers.Conv2D))
    assert trainable - biases == 11_176_512
