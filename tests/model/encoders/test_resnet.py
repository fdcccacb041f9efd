import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.resnet import RESNET18, RESNET50
from auxnet_cli.settings import ModelSettings


def _network(encoder, attention="se+spatial"):
    inputs = layers.Input((64, 96, 3))
    return keras.Model(inputs, encoder.build(inputs, ModelSettings(attention=attention)))


@pytest.mark.parametrize(("encoder", "blocks"), [(RESNET18, 8), (RESNET50, 16)])
def test_every_block_has_both_attentions_in_series(encoder, blocks):
    model = _network(encoder)
    names = [layer.name for layer in model.layers]
    assert sum(layer.endswith("_se_scale") for layer in names) == blocks
    assert sum(layer.endswith("_sa_scale") for layer in names) == blocks
    assert names.index("conv3_block1_se_scale") < names.index("conv3_block1_sa_scale")
    # TensorFlow 2.21 computes the gradient of a stride past pixels past the end of its memory.
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert all(layer.strides <= layer.kernel_size for layer in convolutions)
    assert sum(name.endswith("_stride") for name in names) == 3


def test_resnet18_has_its_published_size():
    # timm's resnet18 without its classifier: 11,176,512; ours has biases before 20 norms.
    model = _network(RESNET18, attention="none")
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    biases = sum(layer.filters for layer in model.layers if isinstance(layer, layers.Conv2D))
    assert trainable - biases == 11_176_512
