import contextlib
import io
import os
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders.torch_file import MAGIC, PROTOCOL, read_tensors


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


def test_tensors_of_any_order_of_axes():
    storage = Storage(FLOATS, "7", np.arange(24))
    state = OrderedDict(
        plain=Tensor(storage, (2, 3, 4), (12, 4, 1)),
        turned=Tensor(storage, (4, 2), (1, 4)),
        scalar=Tensor(storage, (), (), 5),
    )
    tensors = read_tensors(written(state, [storage]), "x.pth")
    numbers = np.arange(24, dtype=np.float32)
    np.testing.assert_array_equal(tensors["plain"], numbers.reshape(2, 3, 4))
    np.testing.assert_array_equal(tensors["turned"], numbers[:8].reshape(2, 4).T)
    assert tensors["scalar"] == 5


class Evil:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("function", [os.system, eval, getattr, os.unlink])
def test_code_is_refused(function, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("here")
    argument = f"__import__('os').unlink({str(victim)!r})" if function is eval else str(victim)
    evil = Evil(function, argument if function is not os.system else f"rm {victim}")
    content = written(evil, [])
    with pytest.raises(InputError, match=r"x\.pth cannot be read as PyTorch's weights \(it names"):
        read_tensors(content, "x.pth")
    assert victim.exists()


@pytest.mark.parametrize(
    ("shape", "stride", "offset"),
    [
        ((25,), (1,), 0),
        ((4,), (1,), 21),
        ((2, 2), (-1, 1), 5),
        ((10**9,), (0,), 0),
        ((1000, 1000), (0, 0), 0),
        ((0,), (1,), 0),
        ((2,), (1,), -1),
    ],
)
def test_a_tensor_stays_in_its_storage(shape, stride, offset):
    storage = Storage(FLOATS, "7", np.arange(24))
    content = written({"x": Tensor(storage, shape, stride, offset)}, [storage])
    with pytest.raises(InputError, match="reaches out of its storage"):
        read_tensors(content, "x.pth")


def test_a_storage_of_another_size_is_refused():
    storage = Storage(FLOATS, "7", np.arange(24))
    content = written({"x": Tensor(storage, (24,), (1,))}, [storage], {"7": 10**12})
    with pytest.raises(InputError, match="another size"):
        read_tensors(content, "x.pth")


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_damage_is_refused_or_harmless(place, junk):
    storage = Storage(FLOATS, "7", np.arange(24))
    content = written({"x": Tensor(storage, (24,), (1,))}, [storage])
    for damaged in (content[:place], content[:place] + junk + content[place + len(junk) :]):
        with contextlib.suppress(InputError):
            tensors = read_tensors(damaged, "x.pth")
            assert all(isinstance(values, np.ndarray) for values in tensors.values())
