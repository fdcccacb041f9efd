"""Reads the tensors of a file that PyTorch before 1.6 saved, without PyTorch.

Such a file is a row of pickles: a magic number, the protocol, the machine, the tensors, and the
keys of their storages. The storages follow, each as a count and plain numbers. A pickle can call
any function of Python; this reader knows the four names and the operations that tensors need, and
refuses all others.
"""

import io
import pickle
import pickletools
import struct
from collections import OrderedDict
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from auxnet_cli.errors import InputError

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


@dataclass(frozen=True)
class _Storage:
    """Numbers that follow the pickles: their type, key and count."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class _Tensor:
    """A view of a storage; element (i, j) is number offset + i · stride[0] + j · stride[1]."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def values(self, storages: dict[str, NDArray[Any]]) -> NDArray[Any]:
        numbers = storages[self.storage.key]
        sides = zip(self.shape, self.stride, strict=True)
        last = self.offset + sum((side - 1) * stride for side, stride in sides)
        inside = 0 <= self.offset <= last < len(numbers) and prod(self.shape) <= len(numbers)
        if not inside or min(self.shape, default=1) < 1 or min(self.stride, default=0) < 0:
            raise ValueError("a tensor reaches out of its storage")
        steps = [numbers.itemsize * stride for stride in self.stride]
        return as_strided(numbers[self.offset :], self.shape, steps).copy()


def _rebuild(
    storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> _Tensor:
    """Stands for ``torch._utils._rebuild_tensor_v2``."""
    return _Tensor(storage, offset, shape, stride)


_KINDS = {"FloatStorage": "<f4", "LongStorage": "<i8"}

_NAMES = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
    **{("torch", name): kind for name, kind in _KINDS.items()},
}

_OPERATIONS = {
    "PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID", "NONE", "NEWTRUE",
    "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE", "EMPTY_TUPLE", "TUPLE",
    "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM",
    "SETITEMS", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
}  # fmt: skip

_MOST_REMEMBERED = 2**16
"""Objects that a pickle may number: a number alone takes memory for all below it."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return _NAMES[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, _, count, _ = pid
        if kind not in _KINDS.values():
            raise pickle.UnpicklingError("a storage holds neither float32 nor int64")
        return _Storage(kind, key, count)


def read_tensors(content: bytes, source: str) -> dict[str, NDArray[Any]]:
    """Returns the tensors of a file by name, as float32 and int64.

    Args:
        content: of the file.
        source: its name, for the message.

    Raises:
        InputError: it is no such file, is damaged, or holds anything but tensors.
    """
    stream = io.BytesIO(content)
    try:
        if (_load(stream), _load(stream)) != (MAGIC, PROTOCOL):
            raise ValueError("it is no file of PyTorch's old format")
        _load(stream)
        tensors, keys = _load(stream), _load(stream)
        kinds = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
        storages = {}
        for key in keys:
            (count,) = struct.unpack("<q", stream.read(8))
            if count != kinds[key].count:
                raise ValueError("a storage has another size than its tensors say")
            kind = np.dtype(kinds[key].kind)
            storages[key] = np.frombuffer(stream.read(count * kind.itemsize), kind, count)
        return {name: tensor.values(storages) for name, tensor in tensors.items()}
    except Exception as error:  # a pickle can fail in any way
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{source} cannot be read as PyTorch's weights ({reason}).") from None


def _load(stream: io.BytesIO) -> Any:
    start = stream.tell()
    for operation, argument, _ in pickletools.genops(stream):
        if operation.name not in _OPERATIONS:
            raise pickle.UnpicklingError(f"it has the operation {operation.name}")
        if operation.name == "LONG_BINPUT" and int(argument or 0) > _MOST_REMEMBERED:
            raise pickle.UnpicklingError("it numbers too many objects")
    stream.seek(start)
    return _Unpickler(stream).load()
