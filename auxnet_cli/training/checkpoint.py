"""Writes and reads the file from which a training goes on."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from auxnet_cli.backend import keras, ops
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import whole_file

SCHEMA = 2
FOLDER, FILE = "checkpoints", "last.npz"

StateDict = dict[str, Any]
"""The state of a part of a training: numbers, text, lists and mappings, as JSON holds them."""


class Stateful:
    """A part of a training that hands out its state and takes it up again, as in PyTorch."""

    STATE: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes that are the state; all are where none is named."""

    def state_dict(self) -> StateDict:
        """Returns the state."""
        return {name: getattr(self, name) for name in self.STATE or vars(self)}

    def load_state_dict(self, state: StateDict) -> None:
        """Takes up a state that :meth:`state_dict` returned."""
        for name in self.STATE or vars(self):
            setattr(self, name, state[name])


@dataclass
class Origin(Stateful):
    """What a training started from: a data set (folder, fingerprint), a run or "", and weights.

    Where the weights came from is said in words; the scaling of the pixels is plain numbers.
    """

    data: str
    fingerprint: str
    source: str
    initial_weights: str
    scaling: StateDict


@dataclass
class Counters(Stateful):
    """Where a training stands.

    Attributes:
        epoch: in progress, from 1.
        step: steps of the epoch that are done.
        rate: learning rate of the last step.
        losses: mean of each loss over the steps of the epoch.
        data_wait: seconds of the epoch that were spent waiting for images.
        seconds: of the epoch so far.
        finished: whether the training has come to its end.
    """

    epoch: int = 1
    step: int = 0
    rate: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    data_wait: float = 0.0
    seconds: float = 0.0
    finished: bool = False

    def begin_epoch(self, number: int) -> None:
        """Turns to the first step of an epoch."""
        self.epoch, self.step, self.losses = number, 0, {}
        self.data_wait = self.seconds = 0.0


@dataclass(frozen=True)
class Saved:
    """A run with a checkpoint: what it started from, and where it stands."""

    run: Path
    origin: Origin
    counters: Counters


class Checkpoint:
    """The file that holds the state of every part of a training, and all its variables.

    ``variables`` returns the Keras variables of the network, the optimizer and the weight average
    as they are now, in an order that the same settings repeat; ``value`` reads a variable.
    """

    def __init__(
        self,
        folder: Path,
        parts: Mapping[str, Stateful],
        variables: Callable[[], list[keras.Variable]],
        value: Callable[[keras.Variable], Any] = attrgetter("value"),
    ) -> None:
        self.path = folder / FILE
        self._parts = parts
        self._variables = variables
        self._value = value

    def save(self) -> None:
        """Writes all states: the new file is on the disk before the old one is replaced."""
        states = {name: part.state_dict() for name, part in self._parts.items()}
        document = json.dumps({"schema": SCHEMA, **states})
        arrays = [ops.convert_to_numpy(self._value(variable)) for variable in self._variables()]
        with whole_file(self.path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, np.array(document), *arrays)
            stream.flush()
            os.fsync(stream.fileno())

    def load(self, path: Path | None = None) -> None:
        """Sets all variables and hands each part its state, from ``path`` or the file written last.

        Raises:
            InputError: the file is damaged, or of another network.
        """
        path = path or self.path
        with _opened(path) as file:
            document = _document(file)
            for name, part in self._parts.items():
                if document[name].keys() != part.state_dict().keys():
                    raise ValueError(f"its state of {name} is incomplete")
            arrays = [file[f"arr_{number}"] for number in range(1, len(file.files))]
        variables = self._variables()
        if [array.shape for array in arrays] != [tuple(v.shape) for v in variables]:
            raise InputError(
                f"{path} holds the state of another network: start anew with --no-resume."
            )
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
        for name, part in self._parts.items():
            part.load_state_dict(document[name])


def read_saved(run: Path) -> Saved | None:
    """Returns a run to go on with; ``None`` where it has no checkpoint yet, or a damaged one."""
    try:
        with _opened(run / FOLDER / FILE) as file:
            document = _document(file)
            return Saved(run, Origin(**document["origin"]), Counters(**document["counters"]))
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


def _document(file: Any) -> StateDict:
    document: StateDict = json.loads(str(file["arr_0"]))
    if document["schema"] != SCHEMA:
        raise ValueError("it is of another version")
    return document
