"""Images a second with all cores at work."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.benchmarking.plan import Variant
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.system.cpu import usable_cores

BURST = 0.5
"""Seconds that a burst of images shall take at least."""


def throughput(
    variant: Variant,
    path: Path | None,
    open_: Callable[[], Engine],
    size: tuple[int, int],
    runs: int,
) -> dict[str, Any]:
    """Measure bursts of images.

    OpenVINO works on several images at a time, one a stream; what it is told is only to give the
    most images a second. The other engines take one image after the other, with all threads.

    Args:
        variant: engine and precision.
        path: the artefact, of an engine that runs one.
        open_: opens the engine, with all threads.
        size: (height, width) of the input, pixels.
        runs: bursts; the median counts.

    Returns:
        ``images_per_second``, and the ``way`` in words.
    """
    pixels = np.random.default_rng(0).integers(0, 256, (1, *size, 3), np.uint8)
    if variant.engine == "openvino" and path is not None:
        burst, least, way = _streams(path, variant.precision, pixels)
    else:
        engine = open_()
        burst, least, way = _one_by_one(engine, pixels), 1, f"{usable_cores()} threads"
    burst(least)  # the first call is slow
    images = max(least, round(BURST * least / _seconds(burst, least)))
    speed = float(np.median([images / _seconds(burst, images) for _ in range(runs)]))
    return {"images_per_second": round(speed, 3), "way": way}


def _seconds(burst: Callable[[int], None], images: int) -> float:
    start = time.perf_counter()
    burst(images)
    return time.perf_counter() - start


def _one_by_one(engine: Engine, pixels: NDArray[np.uint8]) -> Callable[[int], None]:
    def burst(images: int) -> None:
        for _ in range(images):
            engine.run(pixels)

    return burst


def _streams(
    path: Path, precision: str, pixels: NDArray[np.uint8]
) -> tuple[Callable[[int], None], int, str]:
    """A burst, how many images it works on at a time, and the way in words."""
    from auxnet_cli.inference.engines.openvino import core, openvino

    library = openvino()

    model = core().read_model(path)
    model.reshape(list(pixels.shape))
    settings = {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
    }
    compiled = core().compile_model(model, "CPU", settings)
    streams = int(compiled.get_property("NUM_STREAMS"))
    requests = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
    queue = library.AsyncInferQueue(compiled, requests)

    def burst(images: int) -> None:
        for _ in range(images):
            queue.start_async([pixels])
        queue.wait_all()

    return burst, requests, f"{streams} stream{'s' if streams > 1 else ''}"
