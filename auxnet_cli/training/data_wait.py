"""How long the training waits for its images."""

import time
from collections.abc import Iterator

from auxnet_cli.training.batches import Batch


class Waiting:
    """Passes batches on and adds up the time until each is there.

    Args:
        seconds: waited before.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def __call__(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The same batches."""
        while True:
            begun = time.perf_counter()
            batch = next(batches, None)
            self.seconds += time.perf_counter() - begun
            if batch is None:
                return
            yield batch
