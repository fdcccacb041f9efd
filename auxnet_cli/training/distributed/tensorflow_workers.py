"""Trains with several workers on TensorFlow, or on several GPUs, by its mirrored strategies.

Keras's own training step cannot run under MultiWorkerMirroredStrategy (tensorflow/tensorflow
#72388: it reduces scalar metrics along an axis) and clips gradients before they are summed. The
step here is that of one worker with the whole batch: outputs and targets are gathered, so that a
loss divides by what the whole batch holds; batch statistics are the whole batch's; gradients are
summed, then clipped.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.backend import Tensor, keras  # imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

from auxnet_cli.errors import InputError
from auxnet_cli.model.heads.head import Targets
from auxnet_cli.training.distributed.workers import Workers, announce
from auxnet_cli.training.multitask_model import MultitaskModel

Tensors = Mapping[str, Tensor]


class TensorFlowWorkers(Workers):
    """The workers of a strategy, which mirrors the variables."""

    def __init__(self, strategy: Any, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count
        self.devices = strategy.num_replicas_in_sync // count
        self._strategy = strategy

    def scope(self) -> AbstractContextManager[Any]:
        """See :meth:`Workers.scope`."""
        return self._strategy.scope()

    def learn(self, model: MultitaskModel, images: NDArray[np.uint8], targets: Targets) -> Any:
        """See :meth:`Workers.learn`."""
        self.check_share(images)
        with self.scope():
            # Keras forgets it whenever the model is compiled anew.
            if model.train_function is None:
                model.train_function = self._training_function(model)
            dealt = {name: self._deal(values) for name, values in targets.items()}
            losses = model.train_function(self._deal(images), dealt)
        return {name: float(loss) for name, loss in losses.items()}

    def agree(self, value: float) -> float:
        """See :meth:`Workers.agree`."""
        if self.count == 1:
            return value

        def chief_value() -> Tensor:
            context = tf.distribute.get_replica_context()
            chief = tf.equal(context.replica_id_in_sync_group, 0)
            sent = tf.where(chief, tf.constant(value, tf.float32), 0.0)
            return context.all_reduce(tf.distribute.ReduceOp.SUM, sent)

        with self.scope():
            return float(tf.function(lambda: self._run(chief_value), autograph=False)())

    def _run(self, function: Callable[..., Tensor], *given: Any) -> Tensor:
        """Returns the first replica's answer; all give the same."""
        answers = self._strategy.run(function, args=given)
        return tf.nest.map_structure(
            lambda answer: self._strategy.experimental_local_results(answer)[0], answers
        )

    def _deal(self, values: NDArray[np.generic]) -> Any:
        """Deals a worker's share of a batch to its devices."""
        parts = [tf.constant(values[device :: self.devices]) for device in range(self.devices)]
        return self._strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group % self.devices]
        )

    def _training_function(self, model: MultitaskModel) -> Callable[[Any, Any], Tensors]:
        variables, heads, optimizer = model.trainable_variables, model.head_losses, model.optimizer
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            raise InputError(
                "Mixed float16 does not train on several TensorFlow devices: take mixed bfloat16."
            )
        # Keras would sum the gradients after it has clipped them; they are summed before.
        optimizer._all_reduce_sum_gradients = list

        def step(images: Tensor, targets: Tensors) -> Tensors:
            context = tf.distribute.get_replica_context()
            for metric in model.metrics:
                metric.reset_state()
            with tf.GradientTape() as tape, _joint_statistics(model.network):
                outputs = model(images, training=True)
                loss = model.compute_loss(
                    None, _gather(targets, context), _gather(outputs, context)
                )
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            gradients = context.all_reduce(tf.distribute.ReduceOp.MEAN, gradients)
            optimizer.apply(gradients, variables)
            return {"loss": loss, **{name: mean.result() for name, mean in heads.items()}}

        return tf.function(lambda *batch: self._run(step, *batch), autograph=False)


def find_workers() -> Workers | None:
    """Returns the workers that ``TF_CONFIG`` names, or several GPUs of this process.

    Raises:
        InputError: ``TF_CONFIG`` cannot be read, or came too late.
    """
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster, task = config.get("cluster", {}), config.get("task", {})
        jobs = ("chief", "worker")
        workers = [(job, i) for job in jobs for i in range(len(cluster.get(job, ())))]
        rank = workers.index((task["type"], int(task["index"]))) if len(workers) > 1 else 0
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"TF_CONFIG cannot be read ({type(error).__name__}: {error}): it must be JSON with the "
            'addresses in "cluster": {"worker": [...]} and this process in '
            '"task": {"type": "worker", "index": ...}.'
        ) from None
    if len(workers) > 1:
        try:
            strategy = _join(rank, len(workers))
        except RuntimeError as error:
            raise InputError(
                f"TF_CONFIG names {len(workers)} workers, but TensorFlow cannot join them "
                f"({error}): start the training in a fresh process."
            ) from None
        return TensorFlowWorkers(strategy, rank, len(workers))
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return TensorFlowWorkers(_mirror())
    return None


# A process has one strategy for good: a second would use the collective operations of the first.
@cache
def _join(rank: int, count: int) -> Any:
    announce(rank, count)
    return tf.distribute.MultiWorkerMirroredStrategy()


@cache
def _mirror() -> Any:
    return tf.distribute.MirroredStrategy()


def _gather(values: Tensors, context: Any) -> Tensors:
    """Concatenates the values of all replicas along the batch.

    The mean over the replicas of a loss's gradients is then that of the whole batch: each replica
    sends only its own rows' gradients back, times the number of replicas, while what acts on the
    gathered values has the same gradient on all.
    """
    return {name: _gather_value(value, context) for name, value in values.items()}


def _gather_value(value: Tensor, context: Any) -> Tensor:
    # The collective of several machines knows neither small integers nor bfloat16.
    small = value.dtype in (tf.uint8, tf.int8, tf.bool, tf.bfloat16)
    sent = tf.cast(value, tf.float32) if small else value
    gathered = tf.cast(context.all_gather(tf.stop_gradient(sent), axis=0), value.dtype)
    if not value.dtype.is_floating:
        return gathered
    count, rank = context.num_replicas_in_sync, context.replica_id_in_sync_group
    zero = count * (value - tf.stop_gradient(value))
    rows = tf.shape(value)[0]
    padding = [[rank * rows, (count - 1 - rank) * rows], *[[0, 0]] * (len(value.shape) - 1)]
    return gathered + tf.pad(zero, padding)


@contextmanager
def _joint_statistics(network: keras.Model) -> Iterator[None]:
    """Normalises over the whole batch while the step is traced.

    Not for good: a layer saved so loads on no other back end.
    """
    kind = keras.layers.BatchNormalization
    layers = [layer for layer in network.layers if isinstance(layer, kind)]
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        for layer in layers:
            layer.synchronized = False
