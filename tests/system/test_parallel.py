import platform
import threading
import time
from contextlib import closing

import cv2
import numpy as np
import pytest

from auxnet_cli.system.parallel import Room, alone, in_order, reuse_memory


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_answers_come_in_the_order_of_the_items(workers):
    def work(number):
        time.sleep(0.002 * (number % 3 == 0))
        return number, threading.current_thread() is threading.main_thread()

    answers = list(in_order(work, range(40), workers, 8))
    assert answers == [(number, not workers) for number in range(40)]


@pytest.mark.parametrize(("workers", "ahead"), [(0, 0), (1, 1), (3, 6)])
def test_no_more_is_begun_than_a_few_ahead(workers, ahead):
    taken = []

    def items():
        for number in range(50):
            taken.append(number)
            yield number

    for answered, _ in enumerate(in_order(lambda number: number, items(), workers, ahead)):
        assert len(taken) <= answered + 1 + ahead
    assert len(taken) == 50


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_comes_behind_the_answers_before_it(error):
    before, begun = threading.active_count(), []

    def work(number):
        begun.append(number)
        if number == 5:
            raise error
        return number

    answers = in_order(work, range(100), 2, 4)
    assert [next(answers) for _ in range(5)] == list(range(5))
    with pytest.raises(error):
        next(answers)
    assert threading.active_count() == before
    assert len(begun) <= 10


def test_what_is_closed_begins_nothing_more():
    begun = []
    with closing(in_order(begun.append, range(100), 2, 4)) as answers:
        next(answers)
    number = len(begun)
    time.sleep(0.01)
    assert len(begun) == number <= 5


def test_a_room_holds_no_more_than_its_size_and_one_larger_thing_alone():
    room, inside, most = Room(10), [], []

    def work(amount):
        with room.take(amount):
            inside.append(amount)
            most.append(list(inside))
            time.sleep(0.001)
            inside.remove(amount)

    amounts = [3, 4, 99, 5, 2, 10, 1, 6] * 5
    list(in_order(work, amounts, 6, 12))
    assert all(sum(held) <= 10 or held == [99] for held in most)
    assert max(map(len, most)) > 1
    assert len(most) == len(amounts)


def test_opencv_gets_its_threads_back():
    before = cv2.getNumThreads()
    with alone():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_memory_is_used_again():
    import resource

    reuse_memory()
    np.ones(1_600_000, np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(1_600_000, np.float32)
    # Without it there are 1600 for each.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 3200
