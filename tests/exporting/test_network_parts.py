from collections import namedtuple

from auxnet_cli.exporting.network_parts import network_parts

Node = namedtuple("Node", "node_id node_name node_type")
Edge = namedtuple("Edge", "tensor_shape")


class Graph:
    """What is asked of NNCF's graph; operations are written as (name, type, what feeds it)."""

    def __init__(self, *operations, rows=()):
        self.nodes = [Node(place, *one[:2]) for place, one in enumerate(operations)]
        names = [node.node_name for node in self.nodes]
        self.feeding = [[names.index(name) for name in one[2:]] for one in operations]
        self.rows = dict(rows)

    def topological_sort(self):
        return self.nodes

    def get_previous_nodes(self, node):
        return [self.nodes[place] for place in self.feeding[node.node_id]]

    def get_next_nodes(self, node):
        return [one for one in self.nodes if node.node_id in self.feeding[one.node_id]]

    def get_output_edges(self, node):
        rows = self.rows.get(node.node_name)
        return [Edge((1, 8, rows, 2 * rows))] if rows else []


def test_the_parts_of_a_network_with_attention_and_two_heads():
    graph = Graph(
        ("pixels", "Parameter"),
        ("scale", "Multiply", "pixels"),
        ("stem", "Convolution", "scale"),
        ("swish_gate", "Sigmoid", "stem"),
        ("swish", "Multiply", "stem", "swish_gate"),
        ("block", "Convolution", "swish"),
        ("squeeze", "ReduceMean", "block"),
        ("excite", "MatMul", "squeeze"),
        ("gate", "Sigmoid", "excite"),
        ("scaled", "Multiply", "block", "gate"),
        ("mean", "ReduceMean", "scaled"),
        ("peak", "ReduceMax", "scaled"),
        ("both", "Concat", "mean", "peak"),
        ("map", "Convolution", "both"),
        ("map_gate", "Sigmoid", "map"),
        ("mapped", "Multiply", "scaled", "map_gate"),
        ("pool", "ReduceMean", "mapped"),
        ("dense", "MatMul", "pool"),
        ("classes", "Result", "dense"),
        ("mask1", "Convolution", "mapped"),
        ("mask2", "Convolution", "mask1"),
        ("up", "Interpolate", "mask2"),
        ("masks", "Result", "up"),
        rows={"stem": 16, "block": 8, "map": 8, "mask1": 8, "mask2": 8},
    )
    assert network_parts(graph, {"classes": "classification", "masks": "segmentation"}, 32) == {
        "encoder 1/2": ("stem", "swish_gate", "swish"),
        "encoder 1/4": ("block",),
        "channel attention": ("squeeze", "excite", "gate", "scaled"),
        "spatial attention": ("mean", "peak", "both", "map", "map_gate", "mapped"),
        "classification output": ("dense", "pool"),
        "segmentation head": ("mask1",),
        "segmentation output": ("mask2", "up"),
    }


def test_what_boxes_and_their_scores_share():
    graph = Graph(
        ("pixels", "Parameter"),
        ("stem", "Conv", "pixels"),
        ("smooth", "Conv", "stem"),
        ("dense", "Gemm", "stem"),
        ("classes", "Result", "dense"),
        ("one", "Conv", "smooth"),
        ("other", "Conv", "smooth"),
        ("boxes", "Result", "one"),
        ("scores", "Result", "other"),
        rows=dict.fromkeys(("stem", "smooth", "one", "other"), 15),
    )
    outputs = {
        "classes": "classification",
        "boxes": "detection_boxes",
        "scores": "detection_scores",
    }
    assert network_parts(graph, outputs, 30) == {
        "encoder 1/2": ("stem",),
        "detection levels": ("smooth",),
        "classification output": ("dense",),
        "detection_boxes output": ("one",),
        "detection_scores output": ("other",),
    }
