"""Where a training stands, and the file from which it goes on."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from auxnet_cli.errors import InputError
from auxnet_cli.system.files import whole_file

SCHEMA = 1
FOLDER, FILE = "checkpoints", "last.npz"


@dataclass
class State:
    """What a training knows of itself besides its weights; plain numbers and text.

    Attributes:
        epoch: in progress, from 1.
        step: steps of it that are done.
        data: folder of the data set.
        fingerprint: of the data set.
        source: the run that was started from, or "".
        initial_weights: where the first weights came from, in words.
        scaling: of the pixels, as plain numbers.
        batch_size: images a step; memory may have forced it below the setting's.
        peak: of the learning rate, the setting's or found by a range test; ``None`` until it is.
        rate: learning rate of the last step.
        damping: factor on the learning rate; halved by each roll-back.
        losses: mean of each loss over the steps done.
        waited: seconds of the epoch that were spent waiting for images.
        epoch_seconds: of the epoch so far.
        seconds: of the whole training so far.
        validation_seconds: of the last validation, and of recording and drawing it.
        averaged: steps that the moving average has counted.
        pending: those of them since it was last updated.
        skipped: (epoch, step) of the batches that gave no finite loss and are passed over.
        history: the lines of the epochs that are done.
        unreadable: images that were passed over, with the reason.
        finished: whether the training came to its end.
    """

    data: str
    fingerprint: str
    source: str
    initial_weights: str
    scaling: dict[str, Any]
    batch_size: int
    peak: float | None
    epoch: int = 1
    step: int = 0
    rate: float = 0.0
    damping: float = 1.0
    losses: dict[str, float] = field(default_factory=dict)
    waited: float = 0.0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    validation_seconds: float = 0.0
    averaged: int = 0
    pending: int = 0
    skipped: list[tuple[int, int]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    def begin_epoch(self, number: int) -> None:
        """Turn to an epoch's first step."""
        self.epoch, self.step, self.losses = number, 0, {}
        self.waited = self.epoch_seconds = 0.0


class Checkpoint:
    """The file that holds a training's state and every variable of it.

    Args:
        folder: of checkpoints, in the run.
        variables: gives the Keras variables as they now are, in an order that the same settings
            repeat: of the network, the optimizer and the moving average.
        value: reads a variable.
    """

    def __init__(
        self,
        folder: Path,
        variables: Callable[[], list[Any]],
        value: Callable[[Any], Any] = attrgetter("value"),
    ) -> None:
        self.path = folder / FILE
        self._variables = variables
        self._value = value

    def save(self, state: State) -> None:
        """Write the state: the new file is on the disk before the old one goes."""
        document = json.dumps({"schema": SCHEMA, **asdict(state)})
        with whole_file(self.path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, np.array(document), *self._values())
            stream.flush()
            os.fsync(stream.fileno())

    def load(self, path: Path | None = None) -> State:
        """Read the state and set the variables.

        Args:
            path: another worker's file, in place of the own one.

        Raises:
            InputError: the file is damaged, or of another network.
        """
        path = path or self.path
        with _opened(path) as file:
            state = _state(file)
            found = [file[f"arr_{place}"] for place in range(1, len(file.files))]
        variables = self._variables()
        if [array.shape for array in found] != [tuple(v.shape) for v in variables]:
            raise InputError(
                f"{path} holds the state of another network: start anew with --no-resume."
            )
        for variable, array in zip(variables, found, strict=True):
            variable.assign(array)
        return state

    def _values(self) -> list[Any]:
        from auxnet_cli.backend import ops

        return [ops.convert_to_numpy(self._value(variable)) for variable in self._variables()]


def read_state(run: Path) -> State | None:
    """The state of a run, without its variables; none where it has no checkpoint that can be read.

    A run from before its first checkpoint, or one whose file is damaged, cannot be gone on with.
    """
    try:
        with _opened(run / FOLDER / FILE) as file:
            return _state(file)
    except InputError:
        return None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            # NumPy compresses none of what is saved here.
            claimed = sum(entry.file_size for entry in file.zip.infolist())
            if claimed > path.stat().st_size:
                raise ValueError(f"it claims to hold {claimed:,} bytes")
            yield file
    except Exception as error:  # zip, NumPy and JSON raise whatever their parts raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{path} cannot be read ({reason}): start anew with --no-resume."
        ) from None


def _state(file: Any) -> State:
    document = json.loads(str(file["arr_0"]))
    if document.pop("schema") != SCHEMA:
        raise ValueError("it is of another version")
    document["skipped"] = [(epoch, step) for epoch, step in document["skipped"]]
    return State(**document)
