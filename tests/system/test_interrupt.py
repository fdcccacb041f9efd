import os
import signal
import threading

import pytest

from auxnet_cli.system.interrupt import patient_interrupt

SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_is_noted_and_the_second_breaks_off(number):
    before = signal.getsignal(number)
    with patient_interrupt() as interrupt:
        assert not interrupt.is_set()
        signal.raise_signal(number)
        assert interrupt.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", SIGNALS)
def test_what_the_process_was_told_to_ignore_stays_ignored(number):
    """As ``nohup`` tells it of SIGHUP, and a shell of Ctrl-C for what runs in the background."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with patient_interrupt() as interrupt:
            signal.raise_signal(number)
            assert not interrupt.is_set()
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_off_the_main_thread_nothing_changes():
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with patient_interrupt() as interrupt:
            seen.append((interrupt.is_set(), signal.getsignal(signal.SIGINT), os.getpid()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, before, os.getpid())]
