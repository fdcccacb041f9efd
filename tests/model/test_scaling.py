import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.scaling import RESNET_IMAGENET, UNIT, Scaling

PIXELS = np.array([0, 51, 255], np.uint8).reshape(1, 1, 1, 3)


def _network(scaling):
    inputs = layers.Input((1, 1, 3), dtype="uint8")
    return keras.Model(inputs, scaling.layer()(inputs))


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        (UNIT, [0, 0.2, 1]),
        (RESNET_IMAGENET, [-123.68, 51 - 116.779, 255 - 103.939]),
        # (0 - 0.5) / 0.25, (0.2 - 0.4) / 0.5, (1 - 0.3) / 0.2
        (Scaling.standardised([0.5, 0.4, 0.3], [0.25, 0.5, 0.2]), [-2, -0.4, 3.5]),
    ],
)
def test_by_hand(scaling, expected, tmp_path):
    network = _network(scaling)
    got = network.predict_on_batch(PIXELS).ravel()
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    network.save(tmp_path / "n.keras")
    saved = keras.models.load_model(tmp_path / "n.keras")
    assert Scaling.of(saved) == scaling
    np.testing.assert_array_equal(_network(Scaling.of(saved)).predict_on_batch(PIXELS).ravel(), got)
