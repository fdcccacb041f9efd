from collections import Counter

import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.multitask_model import Trainee
from auxnet_cli.training.targets import TargetMaker

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the step of TensorFlow"
)
RATE = 0.01


def trainee(settings):
    network = defect_aux_net(2, "multi-label", settings.tasks, settings.data.size, settings.model)
    made = Trainee(network, settings.loss, exclusive=False)
    optimizer = keras.optimizers.SGD(RATE, global_clipnorm=1.0)
    made.compile(optimizer=optimizer, jit_compile=False)
    made.optimizer.build(made.trainable_variables)
    return made


def batch(settings):
    """Two images of noise, each with a defect."""
    maker, rng = TargetMaker(settings, exclusive=False), np.random.default_rng(1)
    images, targets = [], []
    for number in range(2):
        image = rng.integers(0, 256, (*settings.data.size, 3), dtype=np.uint8)
        instances = np.zeros((*settings.data.size, 2), np.uint16)
        instances[4:20, 10:50, number] = 1
        images.append(image)
        targets.append(maker(Sample(image, instances)))
    return np.stack(images), {name: np.stack([one[name] for one in targets]) for name in targets[0]}


def learn(made, images, targets):
    """The losses of a step, and the weights after it."""
    losses = made.train_on_batch(images, targets, return_dict=True)
    return losses, [ops.convert_to_numpy(weight) for weight in made.network.weights]


def test_no_sum_of_a_step_depends_on_timing(tiny, shallow):
    """The step gives what Keras's own gives, and adds at most two tensors by one operation."""
    import tensorflow as tf
    from tensorflow.python.eager import context  # nothing public shows the optimised graph

    settings = load_settings("demo", overrides=tiny)
    images, targets = batch(settings)
    made = trainee(settings)
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

    made = trainee(settings)
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
