"""Keras, imported in this one place so that its back end's start-up chatter stays out of sight."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _muted() -> Iterator[None]:
    """Turn the process's standard error off: TensorFlow's C++ writes there past Python."""
    try:
        descriptor = sys.__stderr__.fileno() if sys.__stderr__ else 2
        saved = os.dup(descriptor)
    except (OSError, ValueError):
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, descriptor)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
        os.close(sink)


JOINT = ("TF_CONFIG", "KERAS_DISTRIBUTION_NUM_PROCESSES")
"""Variables of the environment that make a process one of several workers."""

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
with _muted():
    import keras
    from keras import layers, ops

    # The first tensor looks for devices, and says so. Workers must join before there is one.
    if not any(os.environ.get(name) for name in JOINT):
        ops.zeros(1)

__all__ = ["keras", "layers", "ops"]
