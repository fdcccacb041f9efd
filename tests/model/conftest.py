import numpy as np
import pytest

from auxnet_cli.backend import keras, ops


def _gradient(function, values):
    """The gradient of a scalar ``function`` at ``values``, as the back end finds it."""
    values = ops.convert_to_tensor(np.asarray(values, np.float32))
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(values)
            result = function(values)
        found = tape.gradient(result, values)
    elif backend == "jax":
        import jax

        found = jax.grad(function)(values)
    else:
        values = values.detach().clone().requires_grad_()
        function(values).backward()
        found = values.grad
    return ops.convert_to_numpy(found)


@pytest.fixture(scope="session")
def gradient():
    return _gradient
