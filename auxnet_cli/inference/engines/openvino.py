"""Runs a network on OpenVINO: the fastest on a CPU, and it starts without TensorFlow."""

import sys
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.engine import Outputs, fixed_size


def openvino() -> Any:
    """Imports the library, in this one place, so that it sends no usage statistics.

    Its package ``openvino_telemetry`` would report over the net, on import and at each conversion.
    The library works without that package.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library

    return library


@cache
def core() -> Any:
    """Returns the library's core, one for the whole life of the process.

    The CPU plugin of each core gives the process an alternative stack for signals, and restores the
    one before when the core is deleted. If the older of two cores is deleted first, the younger
    restores a stack that no longer exists, and the next Ctrl-C ends in a segmentation fault
    (OpenVINO 2026.4).
    """
    return openvino().Core()


def computes_in_bf16() -> bool:
    """Returns whether this CPU computes in bf16."""
    return "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def precision_hint(precision: str) -> dict[str, str]:
    """Returns the setting by which the CPU computes what is not quantised in fp32 or bf16.

    By default it computes in bfloat16 where it can.
    """
    return {"INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"}


def compile_graph(graph: Any, precision: str, threads: int | None, requests: int = 1) -> Any:
    """Compiles a graph for requests side by side, each with the least latency."""
    settings = {"NUM_STREAMS": str(requests), "PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        settings["INFERENCE_NUM_THREADS"] = str(threads)
    return core().compile_model(graph, "CPU", settings | precision_hint(precision))


class OpenVINOEngine:
    """Runs an exported network on the CPU, each image as a request of its own.

    A batch gains nothing: on one core, eight images together take as long as one after the other.
    For a fixed shape the network is compiled into faster code than for any shape. Several requests
    side by side finish many images sooner, but a single image later.

    Raises:
        InputError: the CPU does not compute in bf16.
    """

    name = "openvino"

    def __init__(
        self, path: Path, threads: int | None = None, precision: str = "fp32", requests: int = 1
    ) -> None:
        if precision == "bf16" and not computes_in_bf16():
            raise InputError("This CPU does not compute in bf16: take `precision` fp32 or int8.")
        self.precision = precision
        self.requests = requests
        model = core().read_model(path)
        model.reshape([1, *list(model.input(0).partial_shape)[1:]])
        sides = model.input(0).partial_shape
        self.size = fixed_size([side.get_length() if side.is_static else None for side in sides])
        # Not of the compiled network: where that drops an operation, an output takes on its name.
        self._names = [output.any_name for output in model.outputs]
        compiled = compile_graph(model, precision, threads, requests)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(requests):
            self._idle.put(compiled.create_infer_request())
        if requests > 1:
            # The library's Python side sets up its tables at their first use, and two threads that
            # do so at once can deadlock over Python's lock.
            self.run(np.zeros(compiled.input(0).shape, np.uint8))

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch; see ``Engine.run``."""
        results: list[Sequence[NDArray[np.float32]]] = []
        busy: deque[Any] = deque()
        try:
            for index in range(len(images)):
                request = self._next(busy, results)
                busy.append(request)
                request.start_async([images[index : index + 1]])
            while busy:
                results.append(_results(busy[0]))
                self._idle.put(busy.popleft())
        finally:
            for request in busy:  # another image of the batch failed
                request.cancel()
                self._idle.put(request)
        if len(results) == 1:
            return dict(zip(self._names, results[0], strict=True))
        heads = zip(self._names, zip(*results, strict=True), strict=True)
        return {name: np.concatenate(parts) for name, parts in heads}

    def _next(self, busy: deque[Any], results: list[Sequence[NDArray[np.float32]]]) -> Any:
        """Returns an idle request, or else the oldest one of the batch, once it is done."""
        if not busy:
            return self._idle.get()  # a call that holds no request may wait for another thread's
        try:
            return self._idle.get_nowait()
        except Empty:
            results.append(_results(busy[0]))
            return busy.popleft()

    @staticmethod
    def annotate(
        path: Path, axes: Mapping[str, tuple[str, ...]], metadata: Mapping[str, str]
    ) -> None:
        """Writes the layouts of the input and the outputs, and ``rt_info`` below ``auxnet``.

        A tensor that several operations of the network pass on keeps the name of the output alone.
        """
        weights = path.with_suffix(".bin")
        # From memory: a file that the library has mapped cannot be written.
        network = core().read_model(path.read_bytes(), weights.read_bytes())
        for port in (*network.inputs, *network.outputs):
            name = next(name for name in axes if name in port.names)
            port.tensor.set_names({name})
            port.node.layout = openvino().Layout(f"[{','.join(axes[name])}]")
        for key, value in metadata.items():
            network.set_rt_info(value, ["auxnet", key])
        openvino().serialize(network, path, weights)

    @staticmethod
    def quantisable(path: Path, _: tuple[int, int]) -> tuple[Any, dict[str, str], Any]:
        """Loads a network as NNCF takes it.

        Returns:
            The network; the names of its last nodes → those of its outputs; and what turns pixels
            into its input, ``None`` where they are its input.
        """
        network = core().read_model(path)
        ports = network.outputs
        return network, {port.get_node().get_friendly_name(): port.any_name for port in ports}, None

    @staticmethod
    def save(network: Any, path: Path) -> None:
        """Writes a quantised network."""
        openvino().save_model(network, path, compress_to_fp16=False)


def _results(request: Any) -> Sequence[NDArray[np.float32]]:
    """Copies what a request answers: the results of the next image go into the same buffers."""
    request.wait()
    return [np.array(values) for values in request.results.values()]
