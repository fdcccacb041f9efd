"""Trains with several workers on JAX: Keras's DataParallel over all devices of all processes.

A step is one program over the whole batch, of which each device holds its rows: losses, batch
statistics and gradients are those of one worker with the whole batch.
"""

import os
from contextlib import AbstractContextManager
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from numpy.typing import NDArray

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.model.heads.head import Targets
from auxnet_cli.training.distributed.workers import Workers, announce
from auxnet_cli.training.multitask_model import MultitaskModel

ADDRESSES = "KERAS_DISTRIBUTION_JOB_ADDRESSES"
COUNT = "KERAS_DISTRIBUTION_NUM_PROCESSES"
RANK = "KERAS_DISTRIBUTION_PROCESS_ID"


class JaxWorkers(Workers):
    """All processes that JAX knows of, each with all its devices."""

    def __init__(self) -> None:
        self.rank, self.count = jax.process_index(), jax.process_count()
        self.devices = jax.local_device_count()
        self._distribution = keras.distribution.DataParallel(auto_shard_dataset=False)

    def scope(self) -> AbstractContextManager[Any]:
        """See :meth:`Workers.scope`."""
        return self._distribution.scope()

    def learn(self, model: MultitaskModel, images: NDArray[np.uint8], targets: Targets) -> Any:
        """See :meth:`Workers.learn`."""
        self.check_share(images)
        with self.scope():
            return super().learn(model, images, targets)

    def agree(self, value: float) -> float:
        """See :meth:`Workers.agree`."""
        return float(multihost_utils.broadcast_one_to_all(np.float32(value)))

    def local(self, variable: Any) -> Any:
        """See :meth:`Workers.local`."""
        return variable.value.addressable_data(0)


def find_workers() -> Workers | None:
    """Returns the processes that ``KERAS_DISTRIBUTION_*`` names, or several GPUs of this one.

    Raises:
        InputError: the variables are wrong, or came too late.
    """
    try:
        rank, count = (int(os.environ.get(name) or 0) for name in (RANK, COUNT))
        if count > 1 and not jax.distributed.is_initialized():
            announce(rank, count)
            # Or Keras would draw a seed together with the others; the settings' seed comes later.
            keras.utils.set_random_seed(0)
            keras.distribution.initialize()
    except (RuntimeError, ValueError) as error:
        raise InputError(
            f"JAX cannot join the workers ({error}): set {ADDRESSES}, {COUNT} and {RANK} and start "
            "the training in a fresh process."
        ) from None
    return JaxWorkers() if jax.device_count() > 1 else None
