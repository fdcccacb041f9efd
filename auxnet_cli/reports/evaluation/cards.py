"""Builds the cards at the head of a report: its most important figures with their intervals."""

from dataclasses import dataclass

from auxnet_cli.reports.formatting import ABSENT, interval, number, percent
from auxnet_cli.reports.table import Document

_CARDS = (
    ("screening", "escape_rate", "Escapes", "{escapes} of {defective} defective images passed"),
    (
        "screening",
        "false_alarm_rate",
        "False alarms",
        "{false_alarms} of {good} good images stopped",
    ),
    ("classification", "accuracy", "Accuracy", "class scores, mean over the classes"),
    ("classification", "f1", "F1", "class scores, mean over the classes"),
    ("segmentation", "dice", "Dice", "masks, pooled pixels, mean over the classes"),
    ("detection", "map50", "mAP50", "boxes, mean over the classes"),
)


@dataclass(frozen=True)
class Card:
    """One headline figure.

    Attributes:
        title: the figure's name.
        value: the figure as text.
        interval: its 95 % interval as text; empty where the figure does not exist.
        note: what it counts, or why it does not exist.
        scale: figure, low end and high end in percent of the scale 0-1; ``None`` without an
            interval.
        rate: whether a low figure is good.
    """

    title: str
    value: str
    interval: str
    note: str
    scale: tuple[float, float, float] | None
    rate: bool


def cards(report: Document) -> list[Card]:
    """Returns the cards; a figure that does not exist keeps its card, which says why."""
    return [_card(report, *specification) for specification in _CARDS]


def _card(report: Document, section: str, key: str, title: str, note: str) -> Card:
    figures, rate = report[section], section == "screening"
    if figures is None:
        reason = report.get("reasons", {}).get(section, "")
        return Card(title, ABSENT, "", reason, None, rate)
    value, bounds = figures[key], figures["ci95"].get(key)
    if value is None:
        return Card(title, ABSENT, "", figures.get("reasons", {}).get(key, ""), None, rate)
    write = percent if rate else number
    scale = None if bounds is None else (100 * value, 100 * bounds[0], 100 * bounds[1])
    note = note.format(**figures) if rate else note
    return Card(title, write(value), interval(bounds, write), note, scale, rate)
