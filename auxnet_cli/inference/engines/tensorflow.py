"""The TensorFlow engine: the network as one ``tf.function``."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import auxnet_cli.backend  # noqa: F401 - imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

from auxnet_cli.inference.engines.engine import Outputs, fixed_size


class TensorFlowEngine:
    """Runs a network as a graph, traced once for any batch size.

    Args:
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
    """

    name = "tensorflow"
    precision = "fp32"
    requests = 1

    def __init__(self, network: Any) -> None:
        height, width, channels = network.input_shape[1:]
        self.size = fixed_size(network.input_shape)
        self._function = tf.function(
            lambda images: network(images, training=False),
            input_signature=[tf.TensorSpec((None, height, width, channels), tf.uint8)],
            autograph=False,
        )

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.inference.engines.engine.Engine`."""
        outputs = self._function(tf.constant(images))
        return {name: value.numpy() for name, value in outputs.items()}


class SavedModelEngine:
    """Runs a network that was exported as a SavedModel.

    Args:
        path: the SavedModel's folder.
    """

    name = "saved_model"
    precision = "fp32"
    size: tuple[int, int] | None = None
    requests = 1

    def __init__(self, path: Path) -> None:
        self._loaded = tf.saved_model.load(str(path))  # its functions die with it

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.inference.engines.engine.Engine`."""
        outputs = self._loaded.serve(tf.constant(images))
        return {name: value.numpy() for name, value in outputs.items()}
