import time

import pytest

from auxnet_cli.training.data_wait import Waiting


def test_time_before_a_batch_counts_and_time_with_it_does_not(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def slow():
        for number in range(3):
            now[0] += 2
            yield number
        now[0] += 1  # the end, too, is waited for

    waiting, seen = Waiting(), []
    for number in waiting(slow()):
        seen.append(number)
        now[0] += 10
    assert seen == [0, 1, 2]
    assert waiting.seconds == 7


def test_what_was_waited_before_counts():
    waiting = Waiting(5.0)
    assert list(waiting(iter([1, 2]))) == [1, 2]
    assert 5 <= waiting.seconds < 6


def test_a_fault_comes_through():
    def broken():
        yield 1
        raise ValueError("broken")

    waiting = Waiting()
    with pytest.raises(ValueError, match="broken"):
        list(waiting(broken()))
