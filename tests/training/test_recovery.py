import pytest

from auxnet_cli.training.memory import out_of_memory


class ResourceExhaustedError(Exception):
    """TensorFlow's, by its name."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (ResourceExhaustedError("failed to allocate memory"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes."), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("shapes differ"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_every_back_ends_way_to_say_it(error, expected):
    assert out_of_memory(error) is expected
