"""The OpenVINO engine: the fastest on a CPU, and it starts without TensorFlow."""

import sys
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.engine import Outputs, fixed_size


def openvino() -> Any:
    """The library, imported in this one place so that it sends no usage statistics.

    Its package ``openvino_telemetry`` would report over the net, on import and at each conversion.
    Without that package the library is content.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library

    return library


@cache
def core() -> Any:
    """The library's core, one for the process, which stays to its end.

    Each core's CPU plugin gives the process an alternative stack for signals, and takes it back
    with itself. Where of two cores the older goes first, the younger puts the stack back that went
    with it, and the next Ctrl-C ends in a segmentation fault (OpenVINO 2026.4).
    """
    return openvino().Core()


def computes_in_bf16() -> bool:
    """Whether this CPU does."""
    return "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVINOEngine:
    """Runs an exported network on the CPU, each image as a request of its own.

    A batch gains nothing: measured on one core, eight images together take as long as one after
    the other. For a fixed shape the network is compiled into faster code than for any.

    Args:
        path: ``model.xml``; ``model.bin`` lies beside it.
        threads: of the CPU; all if not given.
        precision: fp32; bf16, where the CPU computes in it; or int8, of a quantised artefact.
        requests: images that are computed side by side, each by its share of the threads. Many
            images are done sooner by more requests, a single one by one.

    Raises:
        InputError: the CPU does not compute in bf16.
    """

    name = "openvino"

    def __init__(
        self, path: Path, threads: int | None = None, precision: str = "fp32", requests: int = 1
    ) -> None:
        if precision == "bf16" and not computes_in_bf16():
            raise InputError("This CPU does not compute in bf16: take --precision fp32 or int8.")
        self.precision = precision
        self.requests = requests
        model = core().read_model(path)
        model.reshape([1, *list(model.input(0).partial_shape)[1:]])
        sides = model.input(0).partial_shape
        self.size = fixed_size([side.get_length() if side.is_static else None for side in sides])
        settings = {
            "NUM_STREAMS": str(requests),
            "PERFORMANCE_HINT": "LATENCY",
            # Left to itself it computes in bfloat16 where the CPU can. Of a quantised network this
            # is the precision of the layers that were left as they are.
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        }
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = str(threads)
        compiled = core().compile_model(model, "CPU", settings)
        self._names = [output.any_name for output in compiled.outputs]
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(requests):
            self._idle.put(compiled.create_infer_request())
        if requests > 1:
            # The library's Python side sets up its tables at their first use, and there two threads
            # can wait for each other for ever, one with Python's lock and one for it.
            self.run(np.zeros(compiled.input(0).shape, np.uint8))

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.inference.engines.engine.Engine`."""
        found: list[Sequence[NDArray[np.float32]]] = []
        busy: deque[Any] = deque()
        try:
            for place in range(len(images)):
                request = self._next(busy, found)
                busy.append(request)
                request.start_async([images[place : place + 1]])
            while busy:
                found.append(_results(busy[0]))
                self._idle.put(busy.popleft())
        finally:
            for request in busy:  # another image of the batch failed
                request.cancel()
                self._idle.put(request)
        if len(found) == 1:
            return dict(zip(self._names, found[0], strict=True))
        return {
            name: np.concatenate(parts)
            for name, parts in zip(self._names, zip(*found, strict=True), strict=True)
        }

    def _next(self, busy: deque[Any], found: list[Sequence[NDArray[np.float32]]]) -> Any:
        """A request that does nothing: an idle one, or else the batch's own oldest, once done."""
        if not busy:
            return self._idle.get()  # who holds none may wait for another thread's
        try:
            return self._idle.get_nowait()
        except Empty:
            found.append(_results(busy[0]))
            return busy.popleft()


def _results(request: Any) -> Sequence[NDArray[np.float32]]:
    """What a request answers, copied: the next image's results go into the same buffers."""
    request.wait()
    return [np.array(values) for values in request.results.values()]
