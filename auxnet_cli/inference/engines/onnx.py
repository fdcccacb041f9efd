"""Runs a network on ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size
from auxnet_cli.system.cpu import usable_cores


class OnnxEngine:
    """Runs an exported network on the CPU.

    Args:
        path: ``model.onnx``.
        threads: of the CPU; all if not given.
        precision: that the artefact was written in, fp32 or int8.
        requests: calls that are computed side by side, each by its share of the threads.
    """

    name = "onnx"

    def __init__(
        self, path: Path, threads: int | None = None, precision: str = "fp32", requests: int = 1
    ) -> None:
        import onnxruntime

        self.precision = precision
        self.requests = requests
        options = onnxruntime.SessionOptions()
        if requests > 1:  # it computes in the thread of each call, and in threads that all share
            options.intra_op_num_threads = max(1, (threads or usable_cores()) - requests + 1)
        elif threads is not None:
            options.intra_op_num_threads = threads
        # As bytes: it cannot open every path.
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        (port,) = self._session.get_inputs()
        self._input, self.size = port.name, fixed_size(port.shape)
        self._names = [output.name for output in self._session.get_outputs()]

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch; see ``Engine.run``."""
        results = self._session.run(self._names, {self._input: images})
        return dict(zip(self._names, results, strict=True))

    @staticmethod
    def annotate(
        path: Path, axes: Mapping[str, tuple[str, ...]], metadata: Mapping[str, str]
    ) -> None:
        """Writes symbolic dimensions of the input and the outputs, and ``metadata_props``."""
        import onnx

        network = onnx.load(path)
        for value in (*network.graph.input, *network.graph.output):
            sides = value.type.tensor_type.shape.dim
            for side, name in zip(sides, axes[value.name], strict=True):
                if not side.HasField("dim_value"):
                    side.dim_param = name
        onnx.helper.set_model_props(network, dict(metadata))
        path.write_bytes(network.SerializeToString(deterministic=True))
