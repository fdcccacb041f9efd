"""Workers of TensorFlow: its MultiWorkerMirroredStrategy, or MirroredStrategy for several GPUs.

Keras's own training step cannot run under the former (tensorflow/tensorflow #72388: it reduces
scalar metrics along an axis) and clips gradients before they are summed. The step made here is
that of one worker with the whole batch: outputs and targets are gathered, so that a loss divides by
what the whole batch holds; batch statistics are the whole batch's; gradients are summed, then
clipped.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.backend import keras  # imports TensorFlow without its start-up chatter

import tensorflow as tf  # isort: skip

from auxnet_cli.errors import InputError
from auxnet_cli.training.distributed.workers import Targets, Workers, announce
from auxnet_cli.training.multitask_model import Trainee

Tensor = Any
Tensors = Mapping[str, Tensor]


class TensorFlowWorkers(Workers):
    """The workers of a strategy.

    Args:
        strategy: mirrors the variables.
        rank: this process's number.
        count: how many processes there are.
    """

    def __init__(self, strategy: Any, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count
        self._strategy = strategy
        self._devices = strategy.num_replicas_in_sync // count

    def scope(self) -> AbstractContextManager[Any]:
        """See :meth:`Workers.scope`."""
        return self._strategy.scope()

    def learn(self, trainee: Trainee, images: NDArray[np.uint8], targets: Targets) -> Any:
        """See :meth:`Workers.learn`.

        Raises:
            InputError: the images cannot be dealt evenly to this worker's devices, or the optimizer
                scales the loss (mixed float16).
        """
        if len(images) % self._devices:
            raise InputError(
                f"{len(images)} images a step cannot be dealt evenly to {self._devices} devices: "
                f"set training.batch_size to a multiple of {self._devices}."
            )
        with self.scope():
            # Keras forgets it when the trainee is compiled anew, as it must be.
            if trainee.train_function is None:
                trainee.train_function = self._step(trainee)
            dealt = {name: self._deal(values) for name, values in targets.items()}
            losses = trainee.train_function(self._deal(images), dealt)
        return {name: float(loss) for name, loss in losses.items()}

    def agree(self, value: float) -> float:
        """See :meth:`Workers.agree`."""
        if self.count == 1:
            return value
        with self.scope():
            return float(_firsts(self._strategy, tf.constant(value, tf.float32)))

    def _deal(self, values: NDArray[np.generic]) -> Any:
        """A worker's share of a batch, dealt to its devices."""
        parts = [tf.constant(values[place :: self._devices]) for place in range(self._devices)]
        return self._strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group % self._devices]
        )

    def _step(self, trainee: Trainee) -> Callable[[Any, Any], dict[str, Tensor]]:
        variables, heads = trainee.trainable_variables, trainee.head_losses
        optimizer = trainee.optimizer
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            raise InputError(
                "Mixed float16 does not train on several TensorFlow devices: take mixed bfloat16."
            )
        # Keras would sum the gradients after it has clipped them; they are summed before.
        optimizer._all_reduce_sum_gradients = list

        def learn(images: Tensor, targets: Tensors) -> dict[str, Tensor]:
            context = tf.distribute.get_replica_context()
            for metric in trainee.metrics:
                metric.reset_state()
            with tf.GradientTape() as tape, _joint_statistics(trainee.network):
                outputs = trainee(images, training=True)
                loss = trainee.compute_loss(
                    None, _gather(targets, context), _gather(outputs, context)
                )
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            gradients = context.all_reduce(tf.distribute.ReduceOp.MEAN, gradients)
            optimizer.apply(gradients, variables)
            return {"loss": loss, **{name: one.result() for name, one in heads.items()}}

        @tf.function(autograph=False)
        def step(images: Any, targets: Any) -> dict[str, Tensor]:
            losses = self._strategy.run(learn, args=(images, targets))
            # All devices hold the same: the losses of the whole batch.
            return {
                name: self._strategy.experimental_local_results(loss)[0]
                for name, loss in losses.items()
            }

        return step


def find_workers() -> Workers | None:
    """The workers that ``TF_CONFIG`` names, or the GPUs of this process if they are several.

    Raises:
        InputError: ``TF_CONFIG`` cannot be read, or came too late.
    """
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster, task = config.get("cluster", {}), config.get("task", {})
        places = [
            (job, number)
            for job in ("chief", "worker")
            for number in range(len(cluster.get(job, ())))
        ]
        rank = places.index((task["type"], int(task["index"]))) if len(places) > 1 else 0
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"TF_CONFIG cannot be read ({type(error).__name__}: {error}): it must be JSON with the "
            'addresses in "cluster": {"worker": [...]} and this process in '
            '"task": {"type": "worker", "index": ...}.'
        ) from None
    if len(places) > 1:
        try:
            strategy = _join(rank, len(places))
        except RuntimeError as error:
            raise InputError(
                f"TF_CONFIG names {len(places)} workers, but TensorFlow cannot join them ({error}):"
                " start the training in a fresh process."
            ) from None
        return TensorFlowWorkers(strategy, rank, len(places))
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return TensorFlowWorkers(_mirror())
    return None


# A process has one strategy for good: another would use the first one's collective operations.
@cache
def _join(rank: int, count: int) -> Any:
    announce(rank, count)
    return tf.distribute.MultiWorkerMirroredStrategy()


@cache
def _mirror() -> Any:
    return tf.distribute.MirroredStrategy()


def _gather(values: Tensors, context: Any) -> dict[str, Tensor]:
    """The values of all replicas, one after the other along the batch.

    The mean over the replicas of a loss's gradients is then that of the whole batch: each replica
    sends only its own rows' back, times the number of replicas, while what acts on the gathered
    values has the same gradient on all.
    """
    return {name: _gather_one(value, context) for name, value in values.items()}


def _gather_one(value: Tensor, context: Any) -> Tensor:
    # The collective of several machines knows neither small integers nor bfloat16.
    small = value.dtype in (tf.uint8, tf.int8, tf.bool, tf.bfloat16)
    sent = tf.cast(value, tf.float32) if small else value
    gathered = tf.cast(context.all_gather(tf.stop_gradient(sent), axis=0), value.dtype)
    if not value.dtype.is_floating:
        return gathered
    count, place = context.num_replicas_in_sync, context.replica_id_in_sync_group
    nothing = count * (value - tf.stop_gradient(value))
    rows = tf.shape(value)[0]
    around = [[place * rows, (count - 1 - place) * rows], *[[0, 0]] * (len(value.shape) - 1)]
    return gathered + tf.pad(nothing, around)


@contextmanager
def _joint_statistics(network: keras.Model) -> Iterator[None]:
    """Batch normalisation over the whole batch while the step is traced.

    Not for good: a layer saved so loads on no other back end.
    """
    layers = [
        layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        for layer in layers:
            layer.synchronized = False


def _firsts(strategy: Any, value: Tensor) -> Tensor:
    """The value of the first of all replicas."""

    @tf.function(autograph=False)
    def first() -> Tensor:
        def one() -> Tensor:
            context = tf.distribute.get_replica_context()
            own = tf.where(tf.equal(context.replica_id_in_sync_group, 0), value, 0.0)
            return context.all_reduce(tf.distribute.ReduceOp.SUM, own)

        return strategy.experimental_local_results(strategy.run(one))[0]

    return first()
