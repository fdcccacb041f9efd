"""Knows the faults that a training survives: losses that are no number, and too little memory."""

from dataclasses import dataclass, field

from auxnet_cli.training.checkpoint import Stateful

MOST_ROLL_BACKS = 3
"""Steps without a finite loss that a training survives."""

# The classes of TensorFlow, PyTorch and JAX by name: none of the three need be installed.
_MEMORY_ERRORS = ("ResourceExhaustedError", "OutOfMemoryError")
_MEMORY_MESSAGES = (
    "RESOURCE_EXHAUSTED",
    "out of memory",
    "can't allocate memory",
    "OOM when allocating",
)


class DivergedError(Exception):
    """A loss, or the output of the network, is no number at a step of the epoch."""

    def __init__(self, what: str, step: int) -> None:
        self.what, self.step = what, step


@dataclass
class RollBacks(Stateful):
    """Counts the returns to an earlier state.

    ``skipped`` holds [epoch, step] of each batch that gave no finite loss.
    """

    skipped: list[list[int]] = field(default_factory=list)

    @property
    def damping(self) -> float:
        """Factor on the learning rate: each roll-back halves it."""
        return 0.5 ** len(self.skipped)

    @property
    def exhausted(self) -> bool:
        """Whether the training must end rather than return once more."""
        return len(self.skipped) >= MOST_ROLL_BACKS

    def skipped_in(self, epoch: int) -> int:
        """Returns how many batches of an epoch are skipped."""
        return sum(number == epoch for number, _ in self.skipped)


def out_of_memory(error: BaseException) -> bool:
    """Returns whether an error of any of Keras's back ends says that memory has run out."""
    if isinstance(error, MemoryError) or type(error).__name__ in _MEMORY_ERRORS:
        return True
    return isinstance(error, RuntimeError) and any(
        message in str(error) for message in _MEMORY_MESSAGES
    )
