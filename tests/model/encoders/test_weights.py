import socket
import sys
import time

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders import pretrained, weights
from auxnet_cli.model.encoders.weights import adopt, find_weights
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

SIZE = (64, 96)


# The means and deviations that stand in the file of EfficientNet's ImageNet weights.
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def _disturb(model):
    """Weights and moving statistics that are not a fresh network's."""
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            values = [rng.uniform(0.5, 1.5, value.shape) for value in layer.get_weights()]
            layer.set_weights(values)
    return model


@pytest.fixture(scope="module")
def reference():
    keras.utils.set_random_seed(3)
    return _disturb(keras.applications.ResNet50(include_top=False, weights=None))


@pytest.fixture(scope="module")
def efficient():
    keras.utils.set_random_seed(3)
    return _disturb(keras.applications.EfficientNetB0(include_top=False, weights=None))


def _normalise(model, mean, variance):
    (layer,) = [one for one in model.layers if isinstance(one, keras.layers.Normalization)]
    layer.set_weights([np.array(mean), np.array(variance), np.array(1)])
    layer.finalize_state()


def _features(model, names, images):
    """Called as it is: to trace a graph of so many layers takes longer."""
    features = keras.Model(model.input, [model.get_layer(name).output for name in names])
    return [keras.ops.convert_to_numpy(each) for each in features(images, training=False)]


def _network(encoder, found, attention="none"):
    settings = ModelSettings(encoder=encoder, attention=attention)
    return defect_aux_net(4, "multi-label", ("cls",), SIZE, settings, scaling=found.scaling)


def _save(model, tmp_path, suffix):
    path = tmp_path / f"weights{suffix}"
    if suffix == ".keras":
        model.save(path)
    else:
        model.save_weights(path)
    return path


def _agree(network, expected, images, names):
    for own, theirs in zip(_features(network, names, images), expected, strict=True):
        scale = np.abs(theirs).max()
        assert theirs.std() > 0.01 * scale
        np.testing.assert_allclose(own / scale, theirs / scale, atol=1e-5)


def _same(found, other):
    """The same weights, and pixels scaled alike."""
    assert found.scaling == other.scaling
    for one, same in zip(found.donor.get_weights(), other.donor.get_weights(), strict=True):
        np.testing.assert_array_equal(one, same)


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (2, *SIZE, 3)).astype(np.uint8)


@pytest.mark.parametrize("encoder", ["resnet50", "efficientnetb0"])
def test_a_file_gives_the_same_features(encoder, request, tmp_path, images):
    """Of weights; that of a whole model gives the same weights and scaling."""
    if encoder == "resnet50":
        theirs = request.getfixturevalue("reference")
        path, whole = (_save(theirs, tmp_path, suffix) for suffix in (".weights.h5", ".keras"))
        scaled = keras.applications.resnet.preprocess_input(images.astype(np.float32))
        names, count = ("conv2_block3_out", "conv5_block3_out"), 53 + 53  # convolutions, norms
    else:
        theirs = request.getfixturevalue("efficient")
        _normalise(theirs, [0.5, 0.4, 0.3], [0.04, 0.09, 0.16])
        path, whole = (_save(theirs, tmp_path, suffix) for suffix in (".weights.h5", ".keras"))
        scaled, names = images.astype(np.float32), ("block2b_add", "block5c_add", "top_activation")
        # 49 norms; as many convolutions, and two more in each of 16 squeeze-and-excitations.
        count = 2 * 49 + 32
    found = find_weights(str(path), encoder)
    assert found.origin == f"file {path.name}"
    network = _network(encoder, found)
    assert adopt(network, found.donor) == count
    _agree(network, _features(theirs, names, scaled), images, names)
    other = find_weights(str(whole), encoder)
    assert other.origin == f"file {whole.name}"
    _same(other, found)


def test_imagenets_efficientnet_gets_the_pixels_it_was_trained_on(
    efficient, tmp_path, images, monkeypatch
):
    """Its file has deviations for variances; Keras mends that, but only when it fetches it."""
    _normalise(efficient, MEAN, DEVIATION)
    path = _save(efficient, tmp_path, ".weights.h5")
    home = sys.modules[keras.applications.EfficientNetB0.__module__]
    monkeypatch.setattr(home.file_utils, "get_file", lambda *_, **__: str(path))
    monkeypatch.setattr(pretrained, "_reachable", lambda: True)
    fetched = find_weights("imagenet", "efficientnetb0")
    assert fetched.origin == "ImageNet"
    names = ("block1a_project_bn", "block3b_add")
    expected = _features(fetched.donor, names, images.astype(np.float32))
    network = _network("efficientnetb0", fetched)
    adopt(network, fetched.donor)
    _agree(network, expected, images, names)
    scaled = network.get_layer("scale")(images[:1])
    by_hand = (images[:1] / 255 - MEAN) / DEVIATION
    np.testing.assert_allclose(keras.ops.convert_to_numpy(scaled), by_hand, atol=1e-4)
    found = find_weights(str(path), "efficientnetb0")
    np.testing.assert_allclose(found.scaling.scale, fetched.scaling.scale, rtol=1e-5)
    np.testing.assert_allclose(found.scaling.offset, fetched.scaling.offset, rtol=1e-5)
    assert adopt(network, found.donor)
    _agree(network, expected, images, names)


def test_weights_load_around_the_attention(reference):
    network = defect_aux_net(4, "multi-label", ("cls",), SIZE, ModelSettings())
    assert adopt(network, reference) == 106
    kernel = network.get_layer("conv4_block2_2_conv").get_weights()[0]
    np.testing.assert_array_equal(
        kernel, reference.get_layer("conv4_block2_2_conv").get_weights()[0]
    )


def test_weights_of_another_encoder_are_refused(reference, tmp_path, shallow):
    network = defect_aux_net(4, "multi-label", ("cls",), SIZE, ModelSettings(encoder="resnet18"))
    with pytest.raises(InputError, match="do not fit"):
        adopt(network, reference)
    path = _save(reference, tmp_path, ".weights.h5")
    with pytest.raises(InputError, match=r"no weights of keras.applications.EfficientNetB0"):
        find_weights(str(path), "efficientnetb0")
    with pytest.raises(InputError, match=r"the encoder is resnet18"):
        find_weights(str(path), "resnet18")


def test_none_never_asks(monkeypatch):
    monkeypatch.setattr(weights, "_from_imagenet", lambda *_: pytest.fail("asked"))
    found = find_weights("none", "resnet50")
    assert (found.donor, found.warning) == (None, "")


@pytest.fixture
def dead_network(monkeypatch, tmp_path):
    def refuse(*_):
        raise OSError("no route to host")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


@pytest.mark.usefixtures("dead_network")
@pytest.mark.parametrize("encoder", ["resnet50", "efficientnetb0"])
def test_auto_learns_from_scratch_with_a_warning_without_network(encoder):
    found = find_weights("auto", encoder)
    assert found.donor is None
    assert "scratch" in found.origin
    assert "cannot be reached" in found.warning
    assert "model.weights=FILE" in found.warning


@pytest.mark.usefixtures("dead_network")
def test_imagenet_insists():
    with pytest.raises(InputError, match="cannot be reached"):
        find_weights("imagenet", "resnet50")


def test_imagenet_is_not_published_for_resnet18():
    warning = find_weights("auto", "resnet18").warning
    assert "no ImageNet weights are published for resnet18" in warning
    assert "model.encoder=resnet50 or vgg16 or efficientnetb0 or efficientnet-lite0" in warning


def test_nothing_is_published_for_another_width(tmp_path):
    warning = find_weights("auto", "resnet50", 0.5).warning
    assert "no published weights for resnet50 with 0.5 times its channels" in warning
    assert "--set model.encoder_width=1, or --set model.weights=none" in warning
    with pytest.raises(InputError, match=r"0\.5 times its channels.*encoder_width=1"):
        find_weights("imagenet", "resnet50", 0.5)
    with pytest.raises(InputError, match=r"0\.5 times its channels.*encoder_width=1"):
        find_weights(str(tmp_path / "weights.h5"), "resnet50", 0.5)


def _hang():
    time.sleep(0.5)
    raise TimeoutError


def test_a_hanging_network_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(pretrained, "PATIENCE_S", 0.05)
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
