import socket
import time

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.model import weights
from auxnet_cli.model.defect_aux_net import defect_aux_net
from auxnet_cli.model.weights import adopt, find_weights
from auxnet_cli.settings import ModelSettings

SIZE = (64, 96)


@pytest.fixture(scope="module")
def reference():
    """keras.applications' ResNet-50 with weights, and moving statistics, that are not its first."""
    keras.utils.set_random_seed(3)
    model = keras.applications.ResNet50(include_top=False, weights=None)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            values = [rng.uniform(0.5, 1.5, value.shape) for value in layer.get_weights()]
            layer.set_weights(values)
    return model


def _features(model, name="conv5_block3_out"):
    return keras.Model(model.input, model.get_layer(name).output)


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
def test_a_file_of_keras_applications_gives_the_same_features(reference, tmp_path, suffix):
    path = tmp_path / f"resnet50{suffix}"
    if suffix == ".keras":
        reference.save(path)
    else:
        reference.save_weights(path)
    found = find_weights(str(path), "resnet50")
    settings = ModelSettings(attention="none")
    network = defect_aux_net(4, "multi-label", ("cls",), SIZE, settings, imagenet_pixels=True)
    assert adopt(network, found.donor) == 106  # 53 convolutions, 53 norms
    images = np.random.default_rng(1).integers(0, 256, (2, *SIZE, 3)).astype(np.uint8)
    theirs = keras.applications.resnet.preprocess_input(images.astype(np.float32))
    for name in ("conv2_block3_out", "conv5_block3_out"):
        expected = _features(reference, name).predict_on_batch(theirs)
        got = _features(network, name).predict_on_batch(images)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(got / scale, expected / scale, atol=1e-5)
    assert found.origin == f"file {path.name}"


def test_weights_load_around_the_attention(reference):
    network = defect_aux_net(4, "multi-label", ("cls",), SIZE, ModelSettings())
    assert adopt(network, reference) == 106
    kernel = network.get_layer("conv4_block2_2_conv").get_weights()[0]
    np.testing.assert_array_equal(
        kernel, reference.get_layer("conv4_block2_2_conv").get_weights()[0]
    )


def test_weights_of_another_encoder_are_refused(reference):
    network = defect_aux_net(4, "multi-label", ("cls",), SIZE, ModelSettings(encoder="resnet18"))
    with pytest.raises(InputError, match="do not fit"):
        adopt(network, reference)


def test_none_never_asks(monkeypatch):
    monkeypatch.setattr(weights, "_from_imagenet", lambda _: pytest.fail("asked"))
    found = find_weights("none", "resnet50")
    assert (found.donor, found.warning) == (None, "")


@pytest.fixture
def dead_network(monkeypatch, tmp_path):
    def refuse(*_):
        raise OSError("no route to host")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


@pytest.mark.usefixtures("dead_network")
def test_auto_learns_from_scratch_with_a_warning_without_network():
    found = find_weights("auto", "resnet50")
    assert found.donor is None
    assert "scratch" in found.origin
    assert "cannot be reached" in found.warning
    assert "model.weights=FILE" in found.warning


@pytest.mark.usefixtures("dead_network")
def test_imagenet_insists():
    with pytest.raises(InputError, match="cannot be reached"):
        find_weights("imagenet", "resnet50")


def test_imagenet_is_not_published_for_resnet18():
    assert "resnet18" in find_weights("auto", "resnet18").warning


def _hang():
    time.sleep(0.5)
    raise TimeoutError


def test_a_hanging_network_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "PATIENCE_S", 0.05)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "create_connection", lambda *_: _hang())
    assert "cannot be reached" in find_weights("auto", "resnet50").warning


@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_a_damaged_file_is_an_error(tmp_path, content):
    path = tmp_path / "some.weights.h5"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"some\.weights\.h5"):
        find_weights(str(path), "resnet50")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        find_weights(str(tmp_path / "gone.h5"), "resnet50")
