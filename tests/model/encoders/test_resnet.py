import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.resnet import resnet18, resnet50
from auxnet_cli.settings import ModelSettings


def _network(build, repeats, attention="se+spatial"):
    inputs = layers.Input((64, 96, 3))
    return keras.Model(inputs, build(inputs, repeats, ModelSettings(attention=attention)))


@pytest.mark.parametrize(("build", "repeats"), [(resnet18, (2, 2, 2, 2)), (resnet50, (3, 4, 6, 3))])
def test_every_block_has_both_attentions_in_series(build, repeats):
    names = [layer.name for layer in _network(build, repeats).layers]
    assert sum(layer.endswith("_se_scale") for layer in names) == sum(repeats)
    assert sum(layer.endswith("_sa_scale") for layer in names) == sum(repeats)
    assert names.index("conv3_block1_se_scale") < names.index("conv3_block1_sa_scale")


@pytest.mark.parametrize(("build", "repeats"), [(resnet18, (2, 2, 2, 2)), (resnet50, (3, 4, 6, 3))])
def test_no_convolution_strides_past_pixels(build, repeats):
    """TensorFlow 2.21 computes the gradient of such a one past the end of its memory."""
    model = _network(build, repeats)
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert all(layer.strides <= layer.kernel_size for layer in convolutions)
    assert sum(layer.name.endswith("_stride") for layer in model.layers) == 3


def test_resnet18_has_its_published_size():
    # timm's resnet18 without its classifier: 11,176,512; ours has biases before 20 norms.
    model = _network(resnet18, (2, 2, 2, 2), attention="none")
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    biases = sum(layer.filters for layer in model.layers if isinstance(layer, layers.Conv2D))
    assert trainable - biases == 11_176_512
