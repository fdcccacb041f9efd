"""Counts the cost of an OpenVINO graph, and compiles it for single calls."""

from collections.abc import Callable
from math import prod
from typing import Any

from auxnet_cli.inference.engines.openvino import core

CONVOLUTIONS = ("Convolution", "GroupConvolution")


def graph_cost(graph: Any) -> tuple[int, int]:
    """Counts parameters and operations, two operations for each multiply-accumulate.

    Convolutions and matrix multiplications count, as in :mod:`auxnet_cli.model.cost`.

    Args:
        graph: an ``openvino.Model`` of fixed shapes.
    """
    parameters = operations = 0
    for node in graph.get_ordered_ops():
        kind = node.get_type_name()
        if kind == "Constant":
            if node.get_element_type().is_real():
                parameters += prod(node.get_output_shape(0))
        elif kind in CONVOLUTIONS:
            images, _, *positions = node.get_output_shape(0)
            operations += 2 * images * prod(positions) * prod(node.get_input_shape(1))
        elif kind == "MatMul":
            transposed = node.get_attributes()["transpose_a"]
            inner = node.get_input_shape(0)[-2 if transposed else -1]
            operations += 2 * inner * prod(node.get_output_shape(0))
    return parameters, operations


def precision_hint(precision: str) -> dict[str, str]:
    """Returns the setting by which the CPU computes what is not quantised in fp32 or bf16."""
    return {"INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"}


def compiled_call(graph: Any, values: Any, precision: str, threads: int) -> Callable[[], object]:
    """Compiles a graph of one input, and returns what runs it on these values."""
    settings = {
        "NUM_STREAMS": "1",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": str(threads),
        **precision_hint(precision),
    }
    request = core().compile_model(graph, "CPU", settings).create_infer_request()
    return lambda: request.infer([values])
