"""Histograms as inline SVG."""

from collections.abc import Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 360, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 18, 40


def bars(bins: Sequence[dict[str, Any]], title: str, unit: str) -> str:
    """A bar for each bin, its number above and its lower edge below.

    Args:
        bins: ``from``, ``to`` and ``number``, as ``statistics.histogram`` gives them.
        title: what is counted, read out by screen readers.
        unit: of the edges.
    """
    if not bins:
        return ""
    most = max(one["number"] for one in bins)
    step = (_WIDTH - _LEFT - _RIGHT) / len(bins)
    room = _HEIGHT - _TOP - _BOTTOM
    base = _HEIGHT - _BOTTOM
    label = escape(_words(bins, title))
    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">']
    size = 11 if len(bins) <= 10 else 9
    for place, one in enumerate(bins):
        height = room * one["number"] / most
        x = _LEFT + place * step
        middle = x + step / 2
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{base - height:.1f}" width="{step - 2:.1f}" '
            f'height="{height:.1f}"/>'
        )
        if one["number"]:
            parts.append(
                f'<text x="{middle:.1f}" y="{base - height - 4:.1f}" font-size="{size}">'
                f"{_short(one['number'])}</text>"
            )
        parts.append(
            f'<text x="{x + 1:.1f}" y="{base + 14}" font-size="{size}" class="edge">'
            f"{one['from']:g}</text>"
        )
    parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" font-size="11">{escape(unit)}</text>')
    return "".join([*parts, "</svg>"])


def _words(bins: Sequence[dict[str, Any]], title: str) -> str:
    told = ", ".join(
        f"{one['from']:g} to {one['to']:g}: {one['number']}"
        if one["to"] is not None
        else f"{one['from']:g} and more: {one['number']}"
        for one in bins
    )
    return f"{title}: {told}"


def _short(number: int) -> str:
    """At most four characters: 12568 is 12k."""
    for power, letter in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if number >= power:
            return f"{number // (1000 if letter == 'k' else power)}{letter}"
    return str(number)
