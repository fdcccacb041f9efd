import os
import signal
import threading

import pytest

from auxnet_cli.interrupt import patient_interrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_is_noted_and_the_second_breaks_off(number):
    before = signal.getsignal(number)
    with patient_interrupt() as interrupt:
        assert not interrupt.asked
        signal.raise_signal(number)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_off_the_main_thread_nothing_changes():
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with patient_interrupt() as interrupt:
            seen.append((interrupt.asked, signal.getsignal(signal.SIGINT), os.getpid()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, before, os.getpid())]
