import numpy as np
import pytest

from auxnet_cli.benchmarking.openvino_graph import graph_cost
from auxnet_cli.inference.engines.openvino import core, openvino
from auxnet_cli.model.cost import gflop


def test_a_multiplication_worked_by_hand():
    ops = openvino().opset13
    parameter = ops.parameter([5, 7], np.float32)
    weights = ops.constant(np.ones((5, 3), np.float32))
    model = openvino().Model([ops.matmul(parameter, weights, True, False)], [parameter])
    assert graph_cost(model) == (15, 2 * 5 * 7 * 3)


def test_our_own_network_costs_what_it_costs_in_keras(exported, original):
    """Both counts leave out the same: what is no convolution or matrix multiplication."""
    model = core().read_model(exported[0] / "exports" / "openvino" / "model.xml")
    model.reshape([1, *list(model.input(0).partial_shape)[1:]])
    parameters, operations = graph_cost(model)
    network = original[0]
    assert operations / 1e9 == pytest.approx(gflop(network), rel=1e-6)
    # Normalisation is folded into the convolutions.
    assert 0.95 < parameters / network.count_params() < 1.05
