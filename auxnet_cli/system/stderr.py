"""Silences libraries that write to the process's standard error past Python."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def muted() -> Iterator[None]:
    """Redirects the process's standard error to nowhere, C++ libraries included."""
    try:
        descriptor = sys.__stderr__.fileno() if sys.__stderr__ else 2
        saved = os.dup(descriptor)
    except (OSError, ValueError):
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, descriptor)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
        os.close(sink)
