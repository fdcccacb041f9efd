"""Takes a training step on TensorFlow whose sums do not depend on which operation ends first.

TensorFlow adds three or more tensors by one operation, ``AddN``. It begins with the first of them
whose memory nothing else reads any more (``aggregate_ops.cc``), or is replaced, where memory may
run short, by a variable to which each tensor is added as it arrives (Grappler's memory optimizer).
Either way the order, and with it the last digits, depends on timing, even on one thread: the
executor chooses what runs next by the times that it has measured. A sum of two has only one result,
so gradients are added in pairs here, and ``backend.py`` keeps Grappler from merging the pairs.
"""

from typing import TYPE_CHECKING, Any

from auxnet_cli.backend import keras  # imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

if TYPE_CHECKING:
    from auxnet_cli.training.multitask_model import MultitaskModel


def step(model: "MultitaskModel", data: Any) -> dict[str, Any]:
    """Takes a training step, as a part of the graph that is being traced.

    ``data`` holds images and targets as Keras hands them on; the answer ``loss`` and each head's
    loss. Where TensorFlow runs eagerly, Keras's own step is repeatable.
    """
    if tf.executing_eagerly():
        return dict(keras.Model.train_step(model, data))
    images, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
    loss = model.compute_loss(images, targets, model(images, training=True))
    weights = model.trainable_weights
    gradients = tf.gradients(
        model.optimizer.scale_loss(loss),
        [weight.value for weight in weights],
        aggregation_method=tf.AggregationMethod.EXPERIMENTAL_TREE,
    )
    model.optimizer.apply(list(gradients), weights)
    return {**model.get_metrics_result(), "loss": loss}
