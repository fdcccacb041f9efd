"""Measures images a second with all cores at work."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.benchmarking.making import noise
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.openvino import core, openvino, precision_hint

BURST = 0.5
"""Shortest duration of a burst of images, seconds."""

Burst = Callable[[int], None]


def images_per_second(burst: Burst, smallest: int, runs: int) -> float:
    """Runs a burst of images several times, and returns the median speed.

    The smallest burst that keeps all cores busy has ``smallest`` images.
    """
    burst(smallest)  # the first call is slow
    images = max(smallest, round(BURST * smallest / _seconds(burst, smallest)))
    speed = float(np.median([images / _seconds(burst, images) for _ in range(runs)]))
    return round(speed, 3)


def sequential_burst(engine: Engine, size: tuple[int, int]) -> Burst:
    """Returns a burst that runs image after image, of (height, width) pixels."""
    pixels = noise(1, size)

    def burst(images: int) -> None:
        for _ in range(images):
            engine.run(pixels)

    return burst


def openvino_burst(path: Path, precision: str, size: tuple[int, int]) -> tuple[Burst, int, int]:
    """Returns a burst that runs several images at a time, its requests, and its streams.

    OpenVINO chooses their numbers for the most images a second.
    """
    pixels: NDArray[np.uint8] = noise(1, size)
    graph = core().read_model(path)
    graph.reshape(list(pixels.shape))
    settings = {"PERFORMANCE_HINT": "THROUGHPUT", **precision_hint(precision)}
    compiled = core().compile_model(graph, "CPU", settings)
    requests = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
    queue = openvino().AsyncInferQueue(compiled, requests)

    def burst(images: int) -> None:
        for _ in range(images):
            queue.start_async([pixels])
        queue.wait_all()

    return burst, requests, int(compiled.get_property("NUM_STREAMS"))


def _seconds(burst: Burst, images: int) -> float:
    start = time.perf_counter()
    burst(images)
    return time.perf_counter() - start
