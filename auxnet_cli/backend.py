"""Keras, imported in this one place so that its back end's start-up chatter stays out of sight."""

import os

from auxnet_cli.quiet import muted

JOINT = ("TF_CONFIG", "KERAS_DISTRIBUTION_NUM_PROCESSES")
"""Variables of the environment that make a process one of several workers."""

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
with muted():
    import keras
    from keras import layers, ops

    # The first tensor looks for devices, and says so. Workers must join before there is one.
    if not any(os.environ.get(name) for name in JOINT):
        ops.zeros(1)

__all__ = ["keras", "layers", "ops"]
