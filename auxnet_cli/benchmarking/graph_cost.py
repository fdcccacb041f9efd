"""What one pass through an OpenVINO graph costs; for our own see :mod:`auxnet_cli.model.cost`."""

from math import prod
from typing import Any

CONVOLUTIONS = ("Convolution", "GroupConvolution")


def graph_cost(model: Any) -> tuple[int, int]:
    """Parameters and operations, two for each multiply-accumulate.

    Convolutions and matrix multiplications are counted, as in our own networks.

    Args:
        model: an ``openvino.Model`` of fixed shapes.
    """
    parameters = operations = 0
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        if kind == "Constant":
            if node.get_element_type().is_real():
                parameters += prod(node.get_output_shape(0))
        elif kind in CONVOLUTIONS:
            places = prod(node.get_output_shape(0)[2:])
            images = node.get_output_shape(0)[0]
            operations += 2 * images * places * prod(node.get_input_shape(1))
        elif kind == "MatMul":
            transposed = node.get_attributes()["transpose_a"]
            inner = node.get_input_shape(0)[-2 if transposed else -1]
            operations += 2 * inner * prod(node.get_output_shape(0))
    return parameters, operations
