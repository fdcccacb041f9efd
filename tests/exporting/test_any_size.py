import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras runs on another back end", allow_module_level=True)

from auxnet_cli.exporting.any_size import any_size

SETTINGS = ModelSettings(
    encoder="resnet18",
    encoder_width=0.125,
    attention="se+spatial",
    pyramid_width=8,
    segmentation_width=8,
    detection_width=8,
    detection_depth=1,
    anchors={"levels": (4, 6)},
)
OTHER = (96, 160)


def build(size, tasks=("cls", "seg", "det")):
    return defect_aux_net(2, "multi-label", tasks, size, SETTINGS)


def noise(size, batch=1):
    return np.random.default_rng(1).integers(0, 256, (batch, *size, 3)).astype(np.uint8)


def assert_alike(found, expected):
    assert set(found) == set(expected)
    for head, values in found.items():
        np.testing.assert_allclose(values, expected[head], rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", ["onnx", "saved_model"])
def test_it_answers_as_the_network_of_that_size_would(name, shallow, tmp_path):
    for package in ENGINES[name].format.converters:
        pytest.importorskip(package)
    small, large = build((32, 64)), build(OTHER)
    large.set_weights(small.get_weights())
    engine = open_artefact(convert(small, ENGINES[name], tmp_path), name)
    for network, size, batch in ((small, (32, 64), 1), (large, OTHER, 2)):
        found = engine.run(noise(size, batch))
        assert_alike(found, network.predict_on_batch(noise(size, batch)))
        assert found["segmentation"].shape == (batch, *size, 2)
        assert found["detection_boxes"].shape[1] == len(make_anchors(size, SETTINGS.anchors))


def test_a_size_that_is_cut_stays(shallow):
    """The pyramid of 40 × 64 has 3 rows at 1/16 and 2 at 1/32, of which one is cut."""
    network = build((40, 64))
    assert any_size(network) is network


def test_classes_alone_have_no_pyramid_to_cut(shallow):
    small, large = build((40, 64), ["cls"]), build((50, 70), ["cls"])
    large.set_weights(small.get_weights())
    pixels = noise((50, 70))
    assert_alike(any_size(small).predict_on_batch(pixels), large.predict_on_batch(pixels))
