"""A figure that may not exist: in a report it is ``null``, with the reason beside it.

An object of the report with a ``null`` in it has one more key, ``reasons``: figure name → why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Missing:
    """In place of a figure that does not exist."""

    reason: str


Figure = float | Missing


def ratio(part: float, whole: float, reason: str) -> Figure:
    """``part / whole``, or missing for ``reason`` where ``whole`` is 0."""
    return float(part / whole) if whole else Missing(reason)


def mean(figures: Iterable[Figure], reason: str) -> Figure:
    """The unweighted mean of the figures that exist, or missing for ``reason`` if none does."""
    present = [figure for figure in figures if not isinstance(figure, Missing)]
    return ratio(sum(present), len(present), reason)


def section(**entries: Any) -> dict[str, Any]:
    """An object of the report: missing figures become ``None`` and are explained in ``reasons``."""
    document = {
        name: None if isinstance(entry, Missing) else entry for name, entry in entries.items()
    }
    reasons = {name: entry.reason for name, entry in entries.items() if isinstance(entry, Missing)}
    return {**document, "reasons": reasons} if reasons else document
