"""Delays Ctrl-C, SIGTERM and a closed terminal until the step in progress is done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Windows has no SIGHUP; there a closed console sends Ctrl-Break.
_SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)


@contextmanager
def patient_interrupt() -> Iterator[threading.Event]:
    """Sets an event at the first Ctrl-C, SIGTERM or SIGHUP; the next raises ``KeyboardInterrupt``.

    A signal that the process ignores, as under ``nohup``, stays ignored. Outside of the main
    thread, where Python handles no signals, nothing changes.
    """
    interrupt = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def note(number: int, frame: Any) -> None:
        del number, frame
        if interrupt.is_set():
            raise KeyboardInterrupt
        interrupt.set()

    before = {
        number: signal.signal(number, note)
        for number in _SIGNALS
        if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
