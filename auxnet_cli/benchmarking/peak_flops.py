"""Measures the peak speed of this CPU by matrix multiplications, which waste nothing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.benchmarking.openvino_graph import compiled_call
from auxnet_cli.benchmarking.timing import latency
from auxnet_cli.inference.engines.openvino import openvino

EDGE, TIMES = 512, 8
"""Square matrices of 1 MB, multiplied one after the other. Of the lengths and sizes tried, these
were the fastest beside other work; a single multiplication ends before the CPU is at full speed."""

OPERATIONS = 2 * EDGE**3 * TIMES
METHOD = f"a chain of {TIMES} matrix multiplications of {EDGE} x {EDGE} in OpenVINO"


def matrices() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns the first matrix and the repeated factor, which keeps values about as large."""
    rng = np.random.default_rng(0)
    factor = rng.random((EDGE, EDGE), np.float32) * np.float32(2 / EDGE)
    return rng.random((EDGE, EDGE), np.float32), factor


def gflops(seconds: Sequence[float]) -> float:
    """Returns the median speed of chains, in 10^9 operations a second."""
    return OPERATIONS / latency(seconds).median / 1e6


def peak_call(precision: str, threads: int) -> Callable[[], Any]:
    """Returns what runs one chain, of ``OPERATIONS`` operations."""
    ops = openvino().opset13
    first, values = matrices()
    parameter = ops.parameter([EDGE, EDGE], np.float32)
    product, factor = parameter, ops.constant(values)

    def quantised(node: Any, limit: float) -> Any:
        """Quantises as networks are; OpenVINO turns the product into a multiplication of bytes."""
        low, high = (ops.constant(np.float32(end)) for end in (-limit, limit * 127 / 128))
        return ops.fake_quantize(node, low, high, low, high, 256)

    if precision == "int8":
        factor = quantised(factor, 2 / EDGE)
    for _ in range(TIMES):
        product = quantised(product, 1) if precision == "int8" else product
        product = ops.matmul(product, factor, False, False)
    return compiled_call(openvino().Model([product], [parameter]), first, precision, threads)
