import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.vgg import VGG16
from auxnet_cli.settings import ModelSettings


def test_it_has_the_weights_of_keras_applications():
    inputs = layers.Input((64, 96, 3))
    network = keras.Model(inputs, VGG16.build(inputs, ModelSettings(attention="none")))
    reference = VGG16.pretrained.build()
    names = [layer.name for layer in reference.layers if layer.weights]
    assert [layer.name for layer in VGG16.backbone_layers(network)] == names
    assert network.count_params() == reference.count_params() == 14_714_688
    for name in names:
        network.get_layer(name).set_weights(reference.get_layer(name).get_weights())
    image = np.random.default_rng(0).uniform(-100, 100, (1, 64, 96, 3)).astype(np.float32)
    found = keras.ops.convert_to_numpy(network(image)[5])
    expected = keras.ops.convert_to_numpy(reference(image))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("size", [(75, 150)])
def test_pooling_rounds_up(size):
    """75 places become 38, as in SSD300."""
    inputs = layers.Input((*size, 3))
    levels = VGG16.build(inputs, ModelSettings(attention="none", encoder_width=0.125))
    assert levels[1].shape[1:3] == (38, 75)
    assert levels[5].shape[1:3] == (3, 5)
