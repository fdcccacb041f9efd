"""Lets several workers train one network together, each on its share of every batch.

Item i of a batch belongs to worker i % count, so two workers with batches of b learn together what
one learns with batches of 2b. Each worker is a process that runs the same command; the environment
variables of the back end say which worker it is (see docs/hardware.md).
"""

import os
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.model.heads.head import Targets
from auxnet_cli.terminal import console
from auxnet_cli.training.multitask_model import MultitaskModel


class Workers:
    """This process's place among the workers; this base class is a process that works alone.

    It is number ``rank`` of ``count`` and has so many ``devices``; 0 is the chief, which alone
    writes the run.
    """

    rank = 0
    count = 1
    devices = 1

    @property
    def chief(self) -> bool:
        """Whether this worker writes the run."""
        return self.rank == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which the network in training and its optimizer are created."""
        return nullcontext()

    def learn(self, model: MultitaskModel, images: NDArray[np.uint8], targets: Targets) -> Any:
        """Takes a training step of all workers, each with its share of the batch.

        Returns:
            ``loss`` and each head's loss of the whole batch, the same on every worker.

        Raises:
            InputError: the images cannot be dealt evenly to this worker's devices, or TensorFlow's
                optimizer scales the loss (mixed float16) on several devices.
        """
        return model.train_on_batch(images, targets, return_dict=True)

    def agree(self, value: float) -> float:
        """Returns the chief's value, in float32: all workers must decide alike about going on."""
        return value

    def local(self, variable: Any) -> Any:
        """Returns a variable that was created in :meth:`scope`, as this process's own tensor."""
        return variable.value

    def check_share(self, images: NDArray[np.uint8]) -> None:
        """Checks that a share can be dealt evenly to this worker's devices.

        Raises:
            InputError: it cannot.
        """
        if len(images) % self.devices:
            raise InputError(
                f"{len(images)} images a step cannot be dealt evenly to {self.devices} devices: "
                f"set training.batch_size to a multiple of {self.devices}."
            )


ALONE = Workers()


def announce(rank: int, count: int) -> None:
    """Says which worker this is, before it waits for the others."""
    console(errors=True).print(f"Worker {rank} of {count}, counted from 0, waits for the others.")


def open_workers() -> Workers:
    """Returns this process's place, from the environment; call it before anything is computed.

    Several GPUs in one process share its batch.

    Raises:
        InputError: the environment is wrong, or names workers on a back end that has none.
    """
    backend = keras.backend.backend()
    if backend in ("tensorflow", "jax"):
        module = import_module(f"auxnet_cli.training.distributed.{backend}_workers")
        return module.find_workers() or ALONE
    if int(os.environ.get("WORLD_SIZE") or 1) > 1:
        raise InputError(
            f"WORLD_SIZE={os.environ['WORLD_SIZE']}: several workers train together on TensorFlow "
            "and JAX only. Start one process, or set KERAS_BACKEND."
        )
    return ALONE
