"""Runs a network on whatever back end Keras has."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size


class KerasEngine:
    """Runs a Keras network by ``predict_on_batch``."""

    name = "keras"
    precision = "fp32"
    requests = 1

    def __init__(self, network: Any) -> None:
        self._network = network

    @property
    def size(self) -> tuple[int, int] | None:
        """See ``Engine.size``."""
        return fixed_size(self._network.input_shape)

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch; see ``Engine.run``."""
        outputs = self._network.predict_on_batch(images)
        return {name: np.asarray(value, np.float32) for name, value in outputs.items()}
