import os
import sys

from auxnet_cli.system.stderr import muted


def test_what_is_written_past_python_is_not_heard(capfd):
    with muted():
        os.write(2, b"chatter")
    os.write(2, b"word")
    assert capfd.readouterr().err == "word"


def test_it_is_heard_again_after_an_error(capfd):
    try:
        with muted():
            raise ValueError
    except ValueError:
        os.write(2, b"word")
    assert capfd.readouterr().err == "word"


def test_a_process_without_standard_error(monkeypatch):
    class Closed:
        def fileno(self):
            raise ValueError

    monkeypatch.setattr(sys, "__stderr__", Closed())
    ran = []
    with muted():
        ran.append(True)
    assert ran
