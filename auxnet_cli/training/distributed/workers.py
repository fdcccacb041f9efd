"""Several workers that train one network together, each on its share of every batch.

Place p of a batch belongs to worker p % count, so two workers with batches of b learn together what
one learns with batches of 2b. Each worker is a process that runs the same command; which it is, the
back end's own environment variables say (see docs/hardware.md).
"""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.terminal import console
from auxnet_cli.training.multitask_model import Trainee

Targets = Mapping[str, NDArray[np.generic]]


class Workers:
    """This process's place among the workers; as it stands here, one alone.

    Attributes:
        rank: this worker's number; 0 is the chief, which alone writes the run.
        count: how many workers there are.
    """

    rank = 0
    count = 1

    @property
    def chief(self) -> bool:
        """Whether this worker writes the run."""
        return self.rank == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Where the network in training, its trainee and its optimizer are to be made.

        A network that is made outside belongs to this process alone.
        """
        return nullcontext()

    def learn(self, trainee: Trainee, images: NDArray[np.uint8], targets: Targets) -> Any:
        """A training step of all workers, each with its share of the batch.

        Args:
            trainee: made and compiled in :meth:`scope`.
            images: (share, height, width, 3) pixels.
            targets: of those images.

        Returns:
            ``loss`` and each head's loss of the whole batch, the same on every worker.
        """
        return trainee.train_on_batch(images, targets, return_dict=True)

    def agree(self, value: float) -> float:
        """The chief's value, in float32: what decides about going on must be one for all."""
        return value

    def local(self, variable: Any) -> Any:
        """The present value of a variable made in :meth:`scope`, as this process's own tensor."""
        return variable.value


ALONE = Workers()


def announce(rank: int, count: int) -> None:
    """Say which worker this is, before it waits for the others."""
    console(errors=True).print(f"Worker {rank} of {count}, counted from 0, waits for the others.")


def open_workers() -> Workers:
    """This process's place, from the environment; to be called before anything else is computed.

    Several GPUs in one process share its batch.

    Raises:
        InputError: the environment is wrong, or names workers on a back end that has none.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from auxnet_cli.training.distributed.tensorflow_workers import find_workers

        return find_workers() or Workers()
    if backend == "jax":
        from auxnet_cli.training.distributed.jax_workers import find_workers

        return find_workers() or Workers()
    if int(os.environ.get("WORLD_SIZE") or 1) > 1:
        raise InputError(
            f"WORLD_SIZE={os.environ['WORLD_SIZE']}: several workers train together on TensorFlow "
            "and JAX only. Start one process, or set KERAS_BACKEND."
        )
    return Workers()
