import numpy as np

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.efficientnet import efficientnet
from auxnet_cli.settings import ModelSettings


def _network(attention):
    inputs = layers.Input((64, 64, 3))
    return keras.Model(inputs, efficientnet(inputs, ModelSettings(attention=attention)))


def _levels(network, images):
    """Called as it is: to trace a graph takes longer."""
    outputs = network(images, training=False)
    return {level: keras.ops.convert_to_numpy(values) for level, values in outputs.items()}


def test_it_has_its_published_size():
    # timm's efficientnet_b0 without its classifier.
    trainable = _network("none").trainable_weights
    assert sum(int(np.prod(weight.shape)) for weight in trainable) == 4_007_548


def test_attention_stands_at_the_taps_beside_the_main_path():
    network = _network("se+spatial")
    names = [layer.name for layer in network.layers]
    for kind in ("se", "sa"):
        assert {name for name in names if name.endswith(f"_{kind}_scale")} == {
            f"tap{level}_{kind}_scale" for level in (2, 3, 4, 5)
        }
    # Attention that closes a level wholly leaves the deeper ones as they are.
    images = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype(np.float32)
    before = _levels(network, images)
    excite = network.get_layer("tap2_se_excite")
    kernel, bias = excite.get_weights()
    excite.set_weights([np.zeros_like(kernel), np.full_like(bias, -100)])
    after = _levels(network, images)
    assert np.abs(before[2]).max() > 1e-3
    assert np.abs(after[2]).max() < 1e-6
    for level in (3, 4, 5):
        np.testing.assert_array_equal(after[level], before[level])


def test_there_is_no_random_state():
    network = _network("none")
    assert len(network.variables) == len(network.weights)
