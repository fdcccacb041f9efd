"""Imports Keras in one place and silences the start-up messages of its back end."""

import os
from collections.abc import Callable
from typing import Any

from auxnet_cli.system.stderr import muted

JOINT = ("TF_CONFIG", "KERAS_DISTRIBUTION_NUM_PROCESSES")
"""Variables of the environment that make a process one of several workers."""

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
with muted():
    import keras
    from keras import layers, ops

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # It merges sums of two tensors into sums of many, whose order depends on timing.
        tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})

    # The first tensor prints messages about devices. Workers must join before it is created.
    if not any(os.environ.get(name) for name in JOINT):
        ops.zeros(1)

__all__ = ["Tensor", "compiled", "keras", "layers", "ops"]

Tensor = Any
"""A tensor of any back end, symbolic or not."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function of tensors with the back end; on PyTorch returns it unchanged.

    Args:
        function: has no side effects. It is traced again for other shapes and for other numbers
            that are not tensors.
    """
    backend = keras.backend.backend()
    program = function
    if backend == "tensorflow":
        import tensorflow as tf

        program = tf.function(function, autograph=False)
    elif backend == "jax":
        import jax

        program = jax.jit(function)
    return program
