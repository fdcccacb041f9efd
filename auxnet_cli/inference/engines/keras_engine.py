"""The engine of whatever back end Keras runs on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size


class KerasEngine:
    """Runs a network by ``predict_on_batch``.

    Args:
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
    """

    name = "keras"
    precision = "fp32"
    requests = 1

    def __init__(self, network: Any) -> None:
        self._network = network

    @property
    def size(self) -> tuple[int, int] | None:
        """See :class:`auxnet_cli.inference.engines.engine.Engine`."""
        return fixed_size(self._network.input_shape)

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.inference.engines.engine.Engine`."""
        outputs = self._network.predict_on_batch(images)
        return {name: np.asarray(value, np.float32) for name, value in outputs.items()}
