"""The OpenVINO engine: the fastest on a CPU, and it starts without TensorFlow."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.errors import InputError
from auxnet_cli.runtime.engine import Outputs


def openvino() -> Any:
    """The library, imported in this one place so that it sends no usage statistics.

    Its package ``openvino_telemetry`` would report over the net, on import and at each conversion.
    Without that package the library is content.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library

    return library


class OpenVINOEngine:
    """Runs an exported network on the CPU in one stream, image by image.

    A batch gains nothing: measured on one core, eight images together take as long as one after
    the other. For a fixed shape the network is compiled into faster code than for any.

    Args:
        path: ``model.xml``; ``model.bin`` lies beside it.
        threads: of the CPU; all if not given.
        precision: fp32; bf16, where the CPU computes in it; or int8, of a quantised artefact.

    Raises:
        InputError: the CPU does not compute in bf16.
    """

    name = "openvino"

    def __init__(self, path: Path, threads: int | None = None, precision: str = "fp32") -> None:
        core = openvino().Core()
        if precision == "bf16" and "BF16" not in core.get_property(
            "CPU", "OPTIMIZATION_CAPABILITIES"
        ):
            raise InputError("This CPU does not compute in bf16: take --precision fp32 or int8.")
        self.precision = precision
        model = core.read_model(path)
        model.reshape([1, *list(model.input(0).partial_shape)[1:]])
        settings = {
            "NUM_STREAMS": "1",
            "PERFORMANCE_HINT": "LATENCY",
            # Left to itself it computes in bfloat16 where the CPU can. Of a quantised network this
            # is the precision of the layers that were left as they are.
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        }
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = str(threads)
        compiled = core.compile_model(model, "CPU", settings)
        self._request = compiled.create_infer_request()
        self._names = [output.any_name for output in compiled.outputs]

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.runtime.engine.Engine`."""
        found: list[tuple[NDArray[np.float32], ...]] = []
        for place in range(len(images)):
            results = self._request.infer([images[place : place + 1]])
            # The request keeps its buffers, and writes the next image's results into them.
            found.append(tuple(np.array(values) for values in results.values()))
        return {
            name: np.concatenate(parts)
            for name, parts in zip(self._names, zip(*found, strict=True), strict=True)
        }
