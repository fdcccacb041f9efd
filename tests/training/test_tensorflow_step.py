from collections import Counter

import numpy as np
import pytest

from auxnet_cli.backend import keras, ops

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the step of TensorFlow"
)


def learn(made, images, targets):
    """The losses of a step, and the weights after it."""
    losses = made.train_on_batch(images, targets, return_dict=True)
    return losses, [ops.convert_to_numpy(weight) for weight in made.network.weights]


def test_no_sum_of_a_step_depends_on_timing(compiled, batch, shallow):
    """The step gives what Keras's own gives, and adds at most two tensors by one operation."""
    import tensorflow as tf
    from tensorflow.python.eager import context  # nothing public shows the optimised graph

    def sgd():
        return keras.optimizers.SGD(0.01, global_clipnorm=1.0)

    made, settings = compiled("model.attention=se+spatial", optimizer=sgd())
    images, targets = batch(settings, count=2)
    before = made.network.get_weights()
    context.context().enable_graph_collection()
    try:
        losses, weights = learn(made, images, targets)
        graphs = context.context().export_run_metadata().function_graphs
    finally:
        context.context().disable_graph_collection()
    for stage in ("pre_optimization_graph", "post_optimization_graph"):
        sums = Counter(
            sum(not name.startswith("^") for name in node.input)
            for graph in graphs
            for node in getattr(graph, stage).node
            if node.op == "AddN"
        )
        assert sums.keys() == {2}, (stage, sums)
        assert sums[2] > 50, (stage, sums)

    made, _ = compiled("model.attention=se+spatial", optimizer=sgd())
    made.network.set_weights(before)
    tf.config.run_functions_eagerly(True)
    try:
        plain_losses, plain = learn(made, images, targets)
    finally:
        tf.config.run_functions_eagerly(False)
    assert losses == pytest.approx(plain_losses, rel=1e-4)
    moved = max(np.abs(new - old).max() for new, old in zip(weights, before, strict=True))
    assert moved > 100 * 1e-5
    for weight, same in zip(weights, plain, strict=True):
        np.testing.assert_allclose(weight, same, rtol=1e-3, atol=1e-5)
