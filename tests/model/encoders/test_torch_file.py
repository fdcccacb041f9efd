import contextlib
import os
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders.torch_file import read_tensors
from tests.model.encoders.torch_writing import FLOATS, Storage, Tensor, written


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


@pytest.mark.parametrize(
    ("pickled", "says"),
    [
        (b"\x80\x02Nr\xff\xff\xff\x7f.", "numbers too many objects"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "it has the operation"),
        (b"(S'x'\nios\nsystem\n.", "it has the operation"),
        (b"\x80\x02\x82\x01.", "it has the operation EXT1"),
    ],
)
def test_operations_that_tensors_do_not_need_are_refused(pickled, says):
    with pytest.raises(InputError, match=says):
        read_tensors(pickled, "x.pth")


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
