import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.model.detection.output_layers import output_convolution, small_weights


def test_first_weights_spread_as_asked_and_differ_from_layer_to_layer():
    keras.utils.set_random_seed(0)
    first, second = (ops.convert_to_numpy(small_weights(0.001)((100, 100))) for _ in range(2))
    assert first.std() == pytest.approx(0.001, rel=0.05)
    assert not np.allclose(first, second)


def test_outputs_begin_at_the_bias_and_have_all_digits_in_half_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layer = output_convolution(6, 3, "out", keras.initializers.Constant(-4.6))
        found = layer(np.ones((1, 5, 7, 8), np.float32))
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    assert found.shape == (1, 5, 7, 6)
    np.testing.assert_allclose(ops.convert_to_numpy(found), -4.6, atol=0.5)
