"""Numbers as they stand in the cells of a table."""

from collections.abc import Callable, Sequence
from typing import Any

ABSENT = "none"


def number(value: float | None) -> str:
    """A figure of 0-1 to three places."""
    return ABSENT if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """A rate of 0-1 in percent."""
    return ABSENT if value is None else f"{100 * value:.1f} %"


def interval(bounds: Sequence[float] | None, write: Callable[[Any], str] | None = None) -> str:
    """A 95 % interval of 0-1: ``0.812-0.930``, or in percent where ``write`` is :func:`percent`."""
    if bounds is None:
        return ABSENT
    low, high = bounds
    if write is percent:
        return f"{100 * low:.1f}-{100 * high:.1f} %"
    return f"{low:.3f}-{high:.3f}"


def size(value: float | None) -> str:
    """A flaw size to three digits."""
    if value is None:
        return ABSENT
    return f"{value:.3g}" if value < 1000 else f"{float(f'{value:.3g}'):,.0f}"


def count(value: int) -> str:
    """A whole number."""
    return f"{value:,}"


def some(value: int, what: str) -> str:
    """So many of something: ``1 image``, ``1,200 images``."""
    return f"{count(value)} {what}{'' if value == 1 else 's'}"


def precision_of(number: int, classes: int) -> str:
    """Of which classes the mean precision is."""
    lost = classes - number
    return (
        f"mean over {number} of {classes} classes; {lost} {'was' if lost == 1 else 'were'} never "
        "predicted"
    )
