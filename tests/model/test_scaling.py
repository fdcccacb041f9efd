import json
from dataclasses import asdict

import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.resnet import IMAGENET_SCALING
from auxnet_cli.model.scaling import UNIT, Scaling

PIXELS = np.array([0, 51, 255], np.uint8).reshape(1, 1, 1, 3)


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (UNIT, [0, 0.2, 1]),
        (IMAGENET_SCALING, [-123.68, 51 - 116.779, 255 - 103.939]),
        (Scaling((0.5, 2.0, 1.0), (1.0, 2.0, 3.0)), [1, 104, 258]),
    ],
)
def test_by_hand(scaling, expected, tmp_path):
    inputs = layers.Input((1, 1, 3), dtype="uint8")
    network = keras.Model(inputs, scaling.layer()(inputs))
    scaled = network.predict_on_batch(PIXELS).ravel()
    np.testing.assert_allclose(scaled, expected, rtol=1e-5, atol=1e-6)
    network.save(tmp_path / "n.keras")
    assert Scaling.of(keras.models.load_model(tmp_path / "n.keras")) == scaling
    assert Scaling.read(json.loads(json.dumps(asdict(scaling)))) == scaling
