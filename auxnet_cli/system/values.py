"""Single values of unknown origin: numbers, texts, and how they are shown in messages."""

import math
from typing import Any

_QUOTED = 60


def number(value: Any) -> float:
    """A finite number.

    Raises:
        ValueError: it is anything else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
    raise ValueError(f"{quoted(value)} is no finite number")


def text(value: Any) -> str:
    """A text that says something, with single spaces within and none around.

    Raises:
        ValueError: it is anything else, or cannot be written as UTF-8.
    """
    if isinstance(value, str):
        found = " ".join(value.split())
        if found and found.isprintable():
            return found
    raise ValueError(f"{quoted(value)} is no printable text")


def quoted(value: Any) -> str:
    """A value as it is shown in messages: one line, cut short, safe to print and to write."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a whole number of more than 20 digits"
    shown = ascii(value[: _QUOTED + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _QUOTED else f"{shown[:_QUOTED]}..."
