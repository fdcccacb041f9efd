"""Counts the cost of an OpenVINO graph, and prepares it for single calls."""

from collections.abc import Callable
from math import prod
from typing import Any

from auxnet_cli.inference.engines.openvino import compile_graph

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


def compiled_call(graph: Any, values: Any, precision: str, threads: int) -> Callable[[], object]:
    """Compiles a graph of one input, and returns what runs it on these values."""
    request = compile_graph(graph, precision, threads).create_infer_request()
    return lambda: request.infer([values])
