"""Runs a network on ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size
from auxnet_cli.system.cpu import usable_cores


class OnnxEngine:
    """Runs an exported network on the CPU, in the precision that it was written in."""

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
        OnnxEngine.save(network, path)

    @staticmethod
    def quantisable(path: Path, size: tuple[int, int]) -> tuple[Any, dict[str, str], Any]:
        """Loads a network for one size, its normalisation folded into the convolutions.

        ONNX Runtime folds by itself, but not once the convolutions are quantised. See
        ``OpenVINOEngine.quantisable`` for what it returns.
        """
        import onnx
        import onnxruntime

        network = onnx.load(path)
        sides = network.graph.input[0].type.tensor_type.shape.dim[1:3]
        for side, pixels in zip(sides, size, strict=True):
            side.dim_value = pixels
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        with TemporaryDirectory() as folder:
            folded = Path(folder) / path.name
            options.optimized_model_filepath = str(folded)
            onnxruntime.InferenceSession(
                network.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
            network = onnx.load_from_string(folded.read_bytes())
        used = {node.domain for node in network.graph.node}
        for opset in [opset for opset in network.opset_import if opset.domain not in used]:
            network.opset_import.remove(opset)  # ONNX Runtime lists all that it knows
        # A network of any size computes sizes as it runs; data_prop infers them.
        network = onnx.shape_inference.infer_shapes(network, data_prop=True)
        names = [output.name for output in network.graph.output]
        outputs = {f"nncf_model_output_{number}": name for number, name in enumerate(names)}
        return network, outputs, lambda batch: {network.graph.input[0].name: batch}

    @staticmethod
    def save(network: Any, path: Path) -> None:
        """Writes a network that was loaded from a file, and perhaps quantised."""
        path.write_bytes(network.SerializeToString(deterministic=True))
