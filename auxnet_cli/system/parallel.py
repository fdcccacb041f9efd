"""Work on many things by threads, a few ahead of whoever takes the results, which keep their order.

Reading and resizing images, and running a network, let go of Python's lock, so that threads do them
side by side. What is in flight is bounded, and so is the memory, whatever the number of things.
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
    """What ``work`` makes of each item, in the order of the items.

    An exception of ``work`` is raised where its answer would have come, behind all the answers
    before it. Close the generator, as with ``contextlib.closing``, where it may not be taken to
    its end: what has begun is then waited for, and the rest is not begun.

    Args:
        work: called in the threads.
        items: taken one by one, in the caller's thread.
        workers: threads; with 0 the caller's own thread does the work, when an answer is asked for.
        ahead: answers that are made, or in the making, beside the one that is asked for.
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
    """OpenCV computes in the calling thread: threads of its own would fight over the cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def reuse_memory() -> None:
    """Let images take the memory that the images before them have left.

    glibc gives blocks of several MB back to the system, and a new one is paid for page by page:
    3 ms for an image of 256 x 1600. It keeps those up to the largest block that it has once got
    back (mallopt(3), M_MMAP_THRESHOLD), which is at most 32 MB. Elsewhere this does nothing.
    """
    np.empty(31 << 20, np.uint8)  # nobody writes into it, so that it takes no memory itself


class Room:
    """Bounds what several threads hold at once. What is larger than the room has it for itself.

    Args:
        size: of the room, in any unit.
    """

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._change = Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Wait until there is as much room, and hold it."""
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
