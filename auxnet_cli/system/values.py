"""Checks single values of unknown origin, and shows them in messages."""

import math
from typing import Any

_QUOTED = 60


def number(value: Any) -> float:
    """Returns a finite number.

    Raises:
        ValueError: the value is anything else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            if math.isfinite(value):
                return float(value)
        except OverflowError:
            pass
    raise ValueError(f"{quoted(value)} is no finite number")


def parse_number(word: str | None) -> float:
    """Returns the finite number that a word spells.

    Raises:
        ValueError: it spells anything else.
    """
    try:
        return number(float(word or ""))
    except ValueError:
        raise ValueError(f"{quoted(word)} is no finite number") from None


def text(value: Any) -> str:
    """Returns a printable text that is not empty, with single spaces within and none around.

    Raises:
        ValueError: the value is anything else, or cannot be written as UTF-8.
    """
    if isinstance(value, str):
        words = " ".join(value.split())
        if words and words.isprintable():
            return words
    raise ValueError(f"{quoted(value)} is no printable text")


def quoted(value: Any) -> str:
    """Returns a value as messages show it: one line, cut short, safe to print and to write."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a whole number of more than 20 digits"
    shown = ascii(value[: _QUOTED + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _QUOTED else f"{shown[:_QUOTED]}..."
