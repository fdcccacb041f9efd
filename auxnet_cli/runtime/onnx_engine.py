"""The ONNX Runtime engine."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.runtime.engine import Outputs


class OnnxEngine:
    """Runs an exported network on the CPU.

    Args:
        path: ``model.onnx``.
        threads: of the CPU; all if not given.
        precision: that the artefact was written in, fp32 or int8.
    """

    name = "onnx"

    def __init__(self, path: Path, threads: int | None = None, precision: str = "fp32") -> None:
        import onnxruntime

        self.precision = precision

        options = onnxruntime.SessionOptions()
        if threads is not None:
            options.intra_op_num_threads = threads
        # As bytes: its reader is not at home with every character of a path.
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._names = [output.name for output in self._session.get_outputs()]

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.runtime.engine.Engine`."""
        results = self._session.run(self._names, {self._input: images})
        return dict(zip(self._names, results, strict=True))
