"""Writes files as PyTorch before 1.6 did, without PyTorch."""

import io
import pickle
import struct
from collections import OrderedDict

import numpy as np

from auxnet_cli.model.encoders.torch_file import MAGIC, PROTOCOL


class Storage:
    def __init__(self, kind, key, values):
        self.kind, self.key, self.values = kind, key, values


class Stub:
    """Is pickled as a name of a module that need not exist."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Pickler(pickle._Pickler):
    """Writes what PyTorch does."""

    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            return ("storage", obj.kind, obj.key, "cpu", len(obj.values), None)
        return None

    def save_stub(self, obj):
        self.write(b"c" + f"{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)


class Tensor:
    def __init__(self, storage, shape, stride, offset=0):
        self.arguments = storage, offset, shape, stride, False, OrderedDict()

    def __reduce_ex__(self, _):
        return Rebuild(), self.arguments


class Rebuild(Stub):
    def __init__(self):
        super().__init__("torch._utils", "_rebuild_tensor_v2")

    def __call__(self):
        """It must look callable to the pickler."""


Pickler.dispatch = {**pickle._Pickler.dispatch, Stub: Pickler.save_stub, Rebuild: Pickler.save_stub}
FLOATS = Stub("torch", "FloatStorage")


def written(state, storages, counts=None):
    stream = io.BytesIO()
    for document in (MAGIC, PROTOCOL, {"little_endian": True}, state, [s.key for s in storages]):
        Pickler(stream, 2).dump(document)
    for storage in storages:
        stream.write(struct.pack("<q", (counts or {}).get(storage.key, len(storage.values))))
        stream.write(np.asarray(storage.values, "<f4").tobytes())
    return stream.getvalue()
