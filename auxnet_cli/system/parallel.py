"""Runs work in threads, a few items ahead of the consumer, and keeps the order of the results.

Reading and resizing images and running a network release Python's global lock, so that threads
run them in parallel. The number of items in flight is bounded, and so is the memory.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

import cv2
import numpy as np

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_order(
    work: Callable[[Item], Answer], items: Iterable[Item], workers: int, ahead: int
) -> Generator[Answer, None, None]:
    """Yields the result of ``work`` for each item, in the order of the items.

    An exception of ``work`` is raised in the place of its result, after all earlier results. A
    consumer that may stop early closes the generator, for instance by ``contextlib.closing``: that
    waits for the work that has begun and cancels the rest.

    Args:
        work: called in the threads.
        items: taken one by one, in the caller's thread.
        workers: number of threads; with 0 the caller's thread does the work on demand.
        ahead: number of results that are computed before they are asked for.
    """
    if not workers:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Answer]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def alone() -> Iterator[None]:
    """Makes OpenCV compute in the calling thread, so that its threads do not compete with ours."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def reuse_memory() -> None:
    """Makes glibc keep the memory of freed images for the next ones.

    glibc returns blocks of several MB to the system, and mapping a new block costs time page by
    page: 3 ms for an image of 256 x 1600. It keeps blocks up to the size of the largest one that
    was ever freed (mallopt(3), M_MMAP_THRESHOLD), at most 32 MB. Other systems are not affected.
    """
    np.empty(31 << 20, np.uint8)  # never written to, so it takes no memory itself


class Room:
    """Bounds the total amount that several threads hold; a larger amount is held alone."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._change = Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Waits until this amount is free, and holds it."""
        amount = min(amount, self._size)
        with self._change:
            self._change.wait_for(lambda: self._free >= amount)
            self._free -= amount
        try:
            yield
        finally:
            with self._change:
                self._free += amount
                self._change.notify_all()
