"""Classes that are there and never found: good means can hide them."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Question(NamedTuple):
    """How a section of a report tells that a class was never found.

    Attributes:
        section: of the report.
        figure: 0 where it was not.
        support: how often the class could have been found.
    """

    section: str
    figure: str
    support: str


QUESTIONS = {
    "cls": Question("classification", "recall", "support"),
    "seg": Question("segmentation", "detected_rate", "images"),
    "det": Question("detection", "found_rate", "support"),
}


def finders(report: Mapping[str, Any], name: str) -> list[str]:
    """The heads that find a class at least once.

    Args:
        report: the sections of a report.
        name: of the class.
    """
    sections = {head: report[question.section] for head, question in QUESTIONS.items()}
    return [
        head
        for head, own in sections.items()
        if own is not None and own["per_class"][name][QUESTIONS[head].figure]
    ]


def never_found(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The classes that a head never finds, though they are there.

    Args:
        report: the sections of a report.

    Returns:
        ``class`` and ``heads`` of each: the heads that never find it, with the number of images
        (cls, seg) or defects (det) that show it; in the order of the classes.
    """
    found: dict[str, dict[str, int]] = {}
    for head, question in QUESTIONS.items():
        for name, figures in ((report[question.section] or {}).get("per_class", {})).items():
            heads = found.setdefault(name, {})
            if figures[question.support] and figures[question.figure] == 0:
                heads[head] = figures[question.support]
    return [{"class": name, "heads": heads} for name, heads in found.items() if heads]
