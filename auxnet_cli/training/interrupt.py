"""Ctrl-C that waits for the step in progress, so that what was learned can be saved."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Interrupt:
    """Whether an interruption was asked for."""

    asked: bool = False


@contextmanager
def patient_interrupt() -> Iterator[Interrupt]:
    """Note the first Ctrl-C, or a polite kill, instead of breaking off; the second breaks off.

    Off the main thread, where Python takes no signals, nothing is changed.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def note(number: int, frame: Any) -> None:
        del number, frame
        if interrupt.asked:
            raise KeyboardInterrupt
        interrupt.asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
