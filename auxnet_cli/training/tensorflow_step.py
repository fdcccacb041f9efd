"""TensorFlow's training step, in which no sum depends on which operation happens to end first.

TensorFlow adds three or more tensors by one operation, ``AddN``. It begins with the first of them
whose memory nothing else reads any more (``aggregate_ops.cc``), or is replaced, where memory may
run short, by a variable to which each tensor is added as it arrives (Grappler's memory optimizer).
Either way the order, and with it the last digits, depends on timing, even on one thread: the
executor chooses what runs next by the times that it has measured. A sum of two has only one result,
so gradients are added in pairs here, and ``backend.py`` keeps Grappler from merging the pairs.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auxnet_cli.backend import keras  # imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

if TYPE_CHECKING:
    from auxnet_cli.training.multitask_model import Trainee


def step(trainee: "Trainee", data: Any) -> dict[str, Any]:
    """A training step, as a part of the graph that is being traced.

    Where TensorFlow runs eagerly, one operation after the other, Keras's own step repeats itself.

    Args:
        trainee: compiled.
        data: images, targets and no weights, as Keras hands them on.

    Returns:
        ``loss`` and each head's loss.
    """
    if tf.executing_eagerly():
        return dict(keras.Model.train_step(trainee, data))
    images, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
    loss = trainee.compute_loss(images, targets, trainee(images, training=True))
    weights = trainee.trainable_weights
    gradients = pairwise_gradients(trainee.optimizer.scale_loss(loss), weights)
    trainee.optimizer.apply(gradients, weights)
    return {**trainee.get_metrics_result(), "loss": loss}


def pairwise_gradients(loss: Any, variables: Sequence[Any]) -> list[Any]:
    """The gradient of each of the Keras variables; summands are added two at a time.

    Args:
        loss: a scalar tensor of the graph that is being traced.
        variables: that it was computed from.
    """
    values = [variable.value for variable in variables]
    pairwise = tf.AggregationMethod.EXPERIMENTAL_TREE
    return list(tf.gradients(loss, values, aggregation_method=pairwise))
