"""Some training steps of one worker, for the tests that compare several workers with one.

Called as a script: DATA OUT BATCH. What makes it one of several workers stands in its environment.
The losses divide by what a batch holds (Dice, matched anchors), gradients are clipped, and learned
weights of the heads act behind the network: whatever could tell two workers from one.
"""

import os
import sys
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

if "TWO_CPUS" in os.environ and os.environ.get("KERAS_BACKEND") == "tensorflow":
    import tensorflow as tf

    # Before the first tensor.
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )

from auxnet_cli.backend import keras  # isort: skip
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.model.encoders import resnet
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.distributed.workers import Workers, open_workers
from auxnet_cli.training.initialisation import training_heads
from auxnet_cli.training.multitask_model import MultitaskModel

SETTINGS = (
    "data.size=[32, 96]",
    "data.workers=1",
    "model.weights=none",
    "model.pyramid_width=16",
    "model.segmentation_width=16",
    "model.detection_width=16",
    "model.detection_depth=1",
    "loss.segmentation=dice+bce",
)
# As many as the test's images make in an epoch. More magnify what rounding begins.
STEPS = 2
RATE = 0.04
# Gradients of the first steps have norms of 5 to 20: clipping takes part.
CLIP = 3.0


def steps(workers: Workers, data: Path, batch: int) -> dict:
    """Weights before and after, and the losses of each step."""
    # One block a level: XLA compiles it in a third of the time.
    build = partial(resnet.RESNET18.build, repeats=(1, 1, 1, 1))
    resnet.RESNET18 = replace(resnet.RESNET18, build=build)
    dataset = Dataset.open(data)
    settings = load_settings("demo", overrides=[*SETTINGS, f"training.batch_size={batch}"])
    with workers.scope():
        network = defect_aux_net(
            len(dataset.classes), dataset.label_kind, settings.tasks, settings.data.size,
            settings.model, settings.seed,
        )  # fmt: skip
        heads = training_heads(dataset, settings)
        model = MultitaskModel(network, settings, heads)
        jit = keras.backend.backend() == "jax"
        # Not Adam: a bias before a batch normalisation has no gradient but rounding, and Adam
        # makes full steps of that.
        optimizer = keras.optimizers.SGD(RATE, momentum=0.9, global_clipnorm=CLIP)
        model.compile(optimizer=optimizer, jit_compile=jit)
        model.optimizer.build(model.trainable_variables)
    batches = Batches(
        dataset.split("train"), len(dataset.classes), settings, heads,
        rank=workers.rank, workers=workers.count,
    )  # fmt: skip
    values = {f"before/{variable.path}": local(workers, variable) for variable in model.variables}
    line = []
    for number, (images, targets) in enumerate(islice(batches.epoch(1), STEPS)):
        # As the one-cycle policy does, the rate is set from outside, step by step.
        model.optimizer.learning_rate = RATE * (number + 1) / STEPS
        losses = workers.learn(model, images, targets)
        line.append([losses[name] for name in sorted(losses)])
    assert len(line) == STEPS
    values |= {f"after/{variable.path}": local(workers, variable) for variable in model.variables}
    agreed = workers.agree(7.5 if workers.chief else 1.0)
    return {**values, "losses": np.array(line), "agreed": np.array(agreed)}


def local(workers: Workers, variable: keras.Variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(workers.local(variable)))


def two_cpus() -> Workers:
    """What two GPUs would be; JAX is told by XLA_FLAGS."""
    if keras.backend.backend() == "jax":
        return open_workers()
    import tensorflow as tf

    from auxnet_cli.training.distributed.tensorflow_workers import TensorFlowWorkers

    return TensorFlowWorkers(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))


if __name__ == "__main__":
    _, source, out, size = sys.argv
    present = two_cpus() if "TWO_CPUS" in os.environ else open_workers()
    done = steps(present, Path(source), int(size))
    with Path(out).open("wb") as file:
        np.savez(file, **done, rank=present.rank, workers=present.count)
