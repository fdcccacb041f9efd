"""Ratios and means of figures, any of which may be missing for a reason."""

from collections.abc import Iterable

from auxnet_cli.documents.section import Missing

Figure = float | Missing


def ratio(part: float, whole: float, reason: str) -> Figure:
    """Returns ``part / whole``, or missing for ``reason`` where ``whole`` is 0."""
    return float(part / whole) if whole else Missing(reason)


def mean(figures: Iterable[Figure], reason: str) -> Figure:
    """Returns the mean of the figures that exist, or missing for ``reason`` if none does."""
    present = [figure for figure in figures if not isinstance(figure, Missing)]
    return ratio(sum(present), len(present), reason)
