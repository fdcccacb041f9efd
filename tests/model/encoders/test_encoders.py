import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders import backbone, encoder
from auxnet_cli.settings import ModelSettings


def _encoder(name, size=(64, 96), attention="se+spatial", width=1.0):
    inputs = layers.Input((*size, 3))
    settings = ModelSettings(encoder=name, attention=attention, encoder_width=width)
    return keras.Model(inputs, encoder(inputs, settings))


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("resnet18", (64, 128, 256, 512)),
        ("resnet50", (256, 512, 1024, 2048)),
        ("efficientnetb0", (24, 40, 112, 1280)),
        ("repvgg", (48, 96, 192, 1280)),
    ],
)
def test_levels_halve_in_size(name, widths):
    shapes = {level: tensor.shape[1:] for level, tensor in _encoder(name).output.items()}
    assert list(shapes) == [2, 3, 4, 5]
    assert [shapes[level][:2] for level in shapes] == [(16, 24), (8, 12), (4, 6), (2, 3)]
    assert tuple(shapes[level][2] for level in shapes) == widths


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("resnet18", (32, 64, 128, 256)),
        ("resnet50", (128, 256, 512, 1024)),
        ("efficientnetb0", (16, 16, 56, 640)),
        ("repvgg", (24, 48, 96, 640)),
    ],
)
def test_half_as_wide(name, widths):
    network = _encoder(name, width=0.5)
    assert tuple(tensor.shape[3] for tensor in network.output.values()) == widths
    assert network.count_params() < 0.4 * _encoder(name).count_params()


@pytest.mark.parametrize("name", ["resnet18", "efficientnetb0", "repvgg"])
def test_odd_sizes_round_up(name):
    shapes = {level: t.shape[1:3] for level, t in _encoder(name, (75, 101)).output.items()}
    assert shapes == {2: (19, 26), 3: (10, 13), 4: (5, 7), 5: (3, 4)}


@pytest.mark.parametrize(
    ("name", "theirs"), [("resnet50", "ResNet50"), ("efficientnetb0", "EfficientNetB0")]
)
def test_the_backbone_is_what_keras_applications_has(name, theirs):
    reference = getattr(keras.applications, theirs)(include_top=False, weights=None)
    expected = {layer.name for layer in reference.layers if layer.weights}
    own = {layer.name for layer in backbone(_encoder(name))}
    assert own == {name for name in expected if not name.startswith("normalization")}


@pytest.mark.parametrize("name", ["resnet18", "efficientnetb0"])
def test_the_rest_of_the_encoder_is_attention(name):
    plain, attentive = _encoder(name, attention="none"), _encoder(name)
    assert {layer.name for layer in backbone(attentive)} == {
        layer.name for layer in plain.layers if layer.weights
    }
