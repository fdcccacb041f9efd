import pytest

from auxnet_cli.training.recovery import RollBacks, out_of_memory


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
def test_every_back_ends_way_to_report_it(error, expected):
    assert out_of_memory(error) is expected


def test_each_roll_back_halves_the_rate_and_the_third_is_the_last():
    roll_backs = RollBacks()
    for number in range(3):
        assert not roll_backs.exhausted
        assert roll_backs.damping == 1 / 2**number
        roll_backs.skipped.append([1 + number // 2, 4])
    assert roll_backs.exhausted
    assert [roll_backs.skipped_in(epoch) for epoch in (1, 2, 3)] == [2, 1, 0]
