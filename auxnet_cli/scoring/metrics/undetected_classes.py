"""Finds the classes that a split shows and a head never finds: good means can hide them."""

from collections.abc import Iterator
from typing import NamedTuple

from auxnet_cli.documents.section import Entries, Section
from auxnet_cli.task import TASKS


class ClassFigure(NamedTuple):
    """Whether a head ever finds a class.

    Attributes:
        head: ``cls``, ``seg`` or ``det``.
        name: of the class.
        support: images (cls, seg) or defects (det) that show the class.
        rate: part of them on which the head finds it; ``None`` without any.
    """

    head: str
    name: str
    support: int
    rate: float | None


def class_figures(report: Section | Entries) -> Iterator[ClassFigure]:
    """Yields what the sections of a report tell of each head and class."""
    for head, task in TASKS.items():
        if report[task.section] is not None:
            for name, figures in report[task.section]["per_class"].items():
                yield ClassFigure(head, name, figures[task.support], figures[task.detected])


def finding_heads(report: Section | Entries, name: str) -> list[str]:
    """Returns the heads that find a class at least once."""
    return [figure.head for figure in class_figures(report) if figure.name == name and figure.rate]


def undetected_classes(report: Section | Entries) -> list[Entries]:
    """Returns the classes that a head never finds although the split shows them.

    Returns:
        In the order of the classes, ``class`` and ``heads`` of each: the heads that never find it,
        with the number of images (cls, seg) or defects (det) that show it.
    """
    heads: dict[str, dict[str, int]] = {}
    for figure in class_figures(report):
        of_class = heads.setdefault(figure.name, {})
        if figure.support and figure.rate == 0:
            of_class[figure.head] = figure.support
    return [{"class": name, "heads": of_class} for name, of_class in heads.items() if of_class]
