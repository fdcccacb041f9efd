"""Formats numbers for the cells of tables and for sentences."""

from collections.abc import Callable, Sequence
from typing import Any

ABSENT = "none"


def number(value: float | None) -> str:
    """Formats a figure of 0-1 with three decimals."""
    return ABSENT if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Formats a rate of 0-1 in percent."""
    return ABSENT if value is None else f"{100 * value:.1f} %"


def interval(bounds: Sequence[float] | None, write: Callable[[Any], str] = number) -> str:
    """Formats an interval of 0-1: ``0.812-0.930``, or in percent with :func:`percent`."""
    if bounds is None:
        return ABSENT
    low, high = bounds
    if write is percent:
        return f"{100 * low:.1f}-{100 * high:.1f} %"
    return f"{low:.3f}-{high:.3f}"


def signed_interval(bounds: Sequence[float] | None) -> str:
    """Formats the interval of a difference: ``-0.250 to +0.150``."""
    return ABSENT if bounds is None else "{:+.3f} to {:+.3f}".format(*bounds)


def size(value: float | None) -> str:
    """Formats the size of a defect with three significant digits."""
    if value is None:
        return ABSENT
    return f"{value:.3g}" if value < 1000 else f"{float(f'{value:.3g}'):,.0f}"


def three_digits(value: float) -> str:
    """Formats a time in milliseconds or a speed: ``24.8``, ``329``."""
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def count(value: int) -> str:
    """Formats a whole number."""
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """Formats a number of things: ``1 image``, ``1,200 images``."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def precision_note(averaged: int, classes: int) -> str:
    """Says over how many of the classes a mean precision is taken."""
    missing = classes - averaged
    return (
        f"mean over {averaged} of {classes} classes; {missing} {'was' if missing == 1 else 'were'} "
        "never predicted"
    )
