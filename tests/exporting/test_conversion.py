import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Keras runs on another back end"
)


class Network:
    """A network that no converter knows."""

    layers = ()

    def __init__(self, error):
        self.error = error

    def export(self, path, **_):
        raise self.error


@on_tensorflow
@pytest.mark.parametrize("name", ["onnx", "saved_model"])
def test_a_network_that_was_never_called(name, shallow, tmp_path, capfd):
    """As the benchmark has them, and wherever branches are merged; and nothing is printed."""
    for package in ENGINES[name].format.converters:
        pytest.importorskip(package)
    settings = ModelSettings(encoder="resnet18", encoder_width=0.125, attention="none")
    network = defect_aux_net(2, "multi-label", ["cls"], (32, 64), settings)
    capfd.readouterr()
    path = convert(network, ENGINES[name], tmp_path)
    assert capfd.readouterr() == ("", "")
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 64, 3)).astype(np.uint8)
    found = open_artefact(path, name).run(images)["classification"]
    expected = keras.ops.convert_to_numpy(network(images, training=False)["classification"])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


@on_tensorflow
@pytest.mark.parametrize(
    ("error", "says"),
    [(ValueError("no such\noperation"), r"\(no such\)"), (RuntimeError(), r"\(RuntimeError\)")],
)
def test_a_converter_that_fails_is_one_sentence(tmp_path, error, says):
    with pytest.raises(AuxnetError, match=rf"could not be converted to LiteRT {says}\.") as caught:
        convert(Network(error), ENGINES["litert"], tmp_path)
    assert not isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)


def test_another_back_end(monkeypatch, tmp_path):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    says = "Converting to OpenVINO needs Keras on TensorFlow, and it runs on jax: unset"
    with pytest.raises(InputError, match=says):
        convert(None, ENGINES["openvino"], tmp_path)
