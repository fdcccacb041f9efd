"""Divides an exported network into parts, each of which is quantised or stays in fp32."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

WEIGHTED = ("Convolution", "GroupConvolution", "MatMul", "Conv", "Gemm")
"""Types of operations that have weights, in OpenVINO and in ONNX."""

POOLED = ("ReduceMean", "ReduceMax", "GlobalAveragePool")
"""Types of operations that attention starts from."""

CHANNEL, SPATIAL = "channel attention", "spatial attention"

# Squeeze-and-excitation is twelve operations at most from pooling to sigmoid, in any format.
_LONGEST = 24


def network_parts(
    graph: Any, outputs: Mapping[str, str], height: int
) -> dict[str, tuple[str, ...]]:
    """Groups the operations of a network by the part that they belong to.

    Converters choose the names of operations, which say little; so parts are recognised by what
    feeds what. A part is ``<output> output`` (the last layer before it, and what follows),
    ``<output> head`` (what leads to no other output), ``detection levels``, ``channel attention``,
    ``spatial attention``, or ``encoder 1/<stride>``, with the pyramid's lateral convolutions.

    Args:
        graph: an ``NNCFGraph``.
        outputs: names of its last nodes → the network's outputs.
        height: of the input, pixels.

    Returns:
        part → names of its operations, for each part that has weights; no operation is in two.
    """
    order = graph.topological_sort()
    reached = _reached(graph, order, outputs)
    attention = dict(_attention(graph, order))
    last = _last(graph, order)
    strides = _strides(graph, order, height)
    parts: dict[str, list[str]] = {}
    for node in order:
        heads = reached[node.node_id]
        if node.node_type in {"Constant", "Parameter", "Result"} or not heads:
            continue
        if len(heads) == 1:
            part = f"{heads[0]} {'output' if node.node_id in last else 'head'}"
        elif node.node_id in attention:
            part = attention[node.node_id]
        elif heads == ("detection_boxes", "detection_scores"):
            part = "detection levels"
        else:
            part = f"encoder 1/{strides[node.node_id]}"
        parts.setdefault(part, []).append(node.node_name)
    weighted = {node.node_name for node in order if node.node_type in WEIGHTED}
    for part in [part for part, names in parts.items() if not weighted.intersection(names)]:
        names = parts.pop(part)
        output = part.replace(" head", " output")
        if output in parts:  # a head without layers of its own: the classes' pooling
            parts[output].extend(names)
    return {part: tuple(names) for part, names in parts.items()}


def _reached(
    graph: Any, order: list[Any], outputs: Mapping[str, str]
) -> dict[int, tuple[str, ...]]:
    """Lists the outputs that each operation leads to, in alphabetical order."""
    reached: dict[int, tuple[str, ...]] = {}
    for node in reversed(order):
        itself = {outputs[node.node_name]} if node.node_name in outputs else set()
        after = (reached[following.node_id] for following in graph.get_next_nodes(node))
        reached[node.node_id] = tuple(sorted(itself.union(*after)))
    return reached


def _last(graph: Any, order: list[Any]) -> set[int]:
    """Returns the operations that no operation with weights follows."""
    followed: set[int] = set()
    for node in reversed(order):
        for following in graph.get_next_nodes(node):
            if following.node_type in WEIGHTED or following.node_id in followed:
                followed.add(node.node_id)
    return {node.node_id for node in order} - followed


def _attention(graph: Any, order: list[Any]) -> Iterator[tuple[int, str]]:
    """Yields the operations of attention, from pooling to the multiplication by a sigmoid."""
    for sigmoid in order:
        if sigmoid.node_type != "Sigmoid":
            continue
        inside = [sigmoid]
        for node in inside:
            before = [
                each for each in graph.get_previous_nodes(node) if each.node_type != "Constant"
            ]
            if not before or len(inside) > _LONGEST:
                break  # an activation: behind it lies the whole network
            if node.node_type not in POOLED:
                inside += [each for each in before if each not in inside]
        else:
            yield from _gated(graph, sigmoid, inside)


def _gated(graph: Any, sigmoid: Any, inside: list[Any]) -> Iterator[tuple[int, str]]:
    """Yields the operations up to a sigmoid, and what it multiplies."""
    kind = SPATIAL if any(node.node_type == "ReduceMax" for node in inside) else CHANNEL
    for node in (*inside, *graph.get_next_nodes(sigmoid)):
        yield node.node_id, kind


def _strides(graph: Any, order: list[Any], height: int) -> dict[int, int]:
    """Returns the stride of the last convolution before each operation, a power of two."""
    strides: dict[int, int] = {}
    for node in order:
        before = [strides[previous.node_id] for previous in graph.get_previous_nodes(node)]
        strides[node.node_id] = max(before, default=1)
        shapes = [edge.tensor_shape for edge in graph.get_output_edges(node)]
        if node.node_type in WEIGHTED and shapes and len(shapes[0]) == 4:
            strides[node.node_id] = 2 ** round(math.log2(height / shapes[0][2]))
    return strides
