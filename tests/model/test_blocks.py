import numpy as np

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.blocks import batch_norm, upsample


def test_the_statistics_follow_a_batch_by_a_tenth():
    inputs = layers.Input((1, 1, 2))
    model = keras.Model(inputs, batch_norm(inputs, "norm"))
    # Channel means 3 and -1, variances 1 and 4.
    batch = np.array([[2, -3], [4, 1]], np.float32).reshape(2, 1, 1, 2)
    model(batch, training=True)
    _, _, mean, variance = model.get_layer("norm").get_weights()
    np.testing.assert_allclose(mean, [0.3, -0.1], rtol=1e-5)
    np.testing.assert_allclose(variance, [0.9 + 0.1, 0.9 + 0.4], rtol=1e-5)


def test_upsampling_is_cut_at_the_bottom_and_right():
    x = layers.Input((2, 3, 1))
    model = keras.Model(x, upsample(x, (3, 5), 2, "nearest", "up"))
    values = np.arange(6, dtype=np.float32).reshape(1, 2, 3, 1)
    expected = [[0, 0, 1, 1, 2], [0, 0, 1, 1, 2], [3, 3, 4, 4, 5]]
    np.testing.assert_array_equal(model.predict_on_batch(values)[0, :, :, 0], expected)
