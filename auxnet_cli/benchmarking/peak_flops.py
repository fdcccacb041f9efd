"""How fast this CPU computes at best: matrix multiplications, which waste nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

EDGE, TIMES = 512, 8
"""Square matrices of 1 MB, multiplied one after the other. Measured: of the lengths and sizes that
were tried, the fastest beside other work; a single multiplication is over before it is at speed."""

OPERATIONS = 2 * EDGE**3 * TIMES
METHOD = f"a chain of {TIMES} matrix multiplications of {EDGE} x {EDGE} in OpenVINO"


def matrices() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is multiplied, and by what, again and again: values stay about as large as they are."""
    rng = np.random.default_rng(0)
    factor = rng.random((EDGE, EDGE), np.float32) * np.float32(2 / EDGE)
    return rng.random((EDGE, EDGE), np.float32), factor


def peak_call(precision: str, threads: int) -> Callable[[], Any]:
    """What runs one chain, of ``OPERATIONS`` operations.

    Args:
        precision: of ``inference.engines.registry.PRECISIONS``.
        threads: of the CPU.
    """
    from auxnet_cli.inference.engines.openvino import core, openvino

    library = openvino()
    ops = library.opset13
    first, factor = matrices()
    given = ops.parameter([EDGE, EDGE], np.float32)
    product, by = given, ops.constant(factor)

    def quantised(values: Any, most: float) -> Any:
        """As a quantised network has it: of this OpenVINO makes a multiplication of bytes."""
        low, high = (ops.constant(np.float32(end)) for end in (-most, most * 127 / 128))
        return ops.fake_quantize(values, low, high, low, high, 256)

    if precision == "int8":
        by = quantised(by, 2 / EDGE)
    for _ in range(TIMES):
        product = quantised(product, 1) if precision == "int8" else product
        product = ops.matmul(product, by, False, False)
    settings = {
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(threads),
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
    }
    model = library.Model([product], [given])
    request = core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda: request.infer([first])
