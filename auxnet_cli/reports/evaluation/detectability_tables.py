"""The tables of detectability: the sizes from which defects are found."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.reports.formatting import count, percent, size
from auxnet_cli.reports.table import Report, Sheet

HEADS = {"cls": "class", "seg": "masks", "det": "boxes", "any": "masks or boxes"}


def detectability(report: Report) -> list[Sheet]:
    """The sizes from which defects are found."""
    fits = {
        f"{HEADS[head]}, {kind} in {fit['unit']}": fit
        for head, kinds in fits_of(report, "heads").items()
        for kind, fit in kinds.items()
    }
    return [_fits("Probability of detection", "Found by", fits)] if fits else []


def detectability_per_class(report: Report) -> list[Sheet]:
    """The same class by class, found by any head."""
    fits = {
        f"{name}, {kind} in {fit['unit']}": fit
        for name, kinds in fits_of(report, "per_class").items()
        for kind, fit in kinds.items()
    }
    return [_fits("Probability of detection per class", "Class", fits)] if fits else []


def fits_of(report: Report, by: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The fits of ``detectability``, by ``heads`` or ``per_class``; empty where it has none."""
    own = report["detectability"]
    return (own and own[by]) or {}


def _fits(title: str, first: str, fits: Mapping[str, Mapping[str, Any]]) -> Sheet:
    rows = tuple(
        (
            name,
            count(fit["flaws"]),
            count(fit["found"]),
            percent(fit["rate_low"]),
            *(size(fit[key]) for key in ("a50", "a90", "a90_95")),
        )
        for name, fit in fits.items()
    )
    return Sheet(title, (first, "Defects", "Found", "At least", "a50", "a90", "a90/95"), rows)
