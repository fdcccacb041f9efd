"""Runs a network on TensorFlow: as one ``tf.function``, or as a SavedModel."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import auxnet_cli.backend  # noqa: F401 - imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

from auxnet_cli.inference.engines.engine import Outputs, fixed_size
from auxnet_cli.system.files import json_text


class TensorFlowEngine:
    """Runs a Keras network as a graph, traced once for any batch size."""

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
        """Runs one batch; see ``Engine.run``."""
        outputs = self._function(tf.constant(images))
        return {name: value.numpy() for name, value in outputs.items()}


class SavedModelEngine:
    """Runs a network that was exported as a SavedModel, in fp32, on TensorFlow's own threads."""

    name = "saved_model"
    precision = "fp32"
    size: tuple[int, int] | None = None
    requests = 1

    def __init__(self, path: Path, *options: object) -> None:
        self._loaded = tf.saved_model.load(str(path))  # its functions die with it

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch; see ``Engine.run``."""
        outputs = self._loaded.serve(tf.constant(images))
        return {name: value.numpy() for name, value in outputs.items()}

    @staticmethod
    def annotate(path: Path, _: Mapping[str, tuple[str, ...]], metadata: Mapping[str, str]) -> None:
        """Writes ``assets.extra/auxnet.json``. Axes have no names."""
        folder = path / "assets.extra"
        folder.mkdir(exist_ok=True)
        (folder / "auxnet.json").write_text(json_text(metadata), encoding="utf-8", newline="\n")
