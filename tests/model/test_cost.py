import keras
import pytest
from keras import layers

from auxnet_cli.model.cost import gflop


def macs(network: keras.Model) -> int:
    return round(gflop(network) * 1e9 / 2)


def test_strided_convolution_counts_positions_of_the_output():
    x = layers.Input((8, 10, 3))
    network = keras.Model(x, layers.Conv2D(4, 3, strides=2, padding="same")(x))
    assert macs(network) == (4 * 5) * (3 * 3 * 3 * 4)


def test_depthwise_grouped_and_dense():
    x = layers.Input((6, 6, 4))
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    y = layers.Conv2D(8, 1, groups=2)(y)
    y = layers.Dense(5)(layers.GlobalAveragePooling2D()(y))
    expected = 36 * (3 * 3 * 4 * 2) + 36 * (8 // 2 * 8) + 8 * 5
    assert macs(keras.Model(x, y)) == expected


def test_shared_layer_counts_on_every_level():
    shared = layers.Conv2D(2, 1)
    x = layers.Input((8, 8, 2))
    outputs = [shared(x), shared(layers.MaxPooling2D()(x)), keras.ops.relu(shared(x))]
    assert macs(keras.Model(x, outputs)) == (64 + 16 + 64) * (2 * 2)


def test_counting_leaves_the_network_as_it_was():
    x = layers.Input((4, 4, 1))
    network = keras.Model(x, layers.Conv2D(1, 1, name="only")(x))
    before = network.get_config()
    assert gflop(network) == gflop(network)
    assert network.get_config() == before


def test_unknown_size_is_refused():
    x = layers.Input((None, None, 1))
    network = keras.Model(x, layers.Conv2D(1, 1, name="open")(x))
    with pytest.raises(ValueError, match="open"):
        gflop(network)


def test_resnet50_agrees_with_the_literature():
    # He et al. 2016 give 3.8e9 multiply-adds at 224 x 224; counting every convolution, 3.86e9.
    assert gflop(keras.applications.ResNet50(weights=None)) == pytest.approx(2 * 3.86, abs=0.01)
