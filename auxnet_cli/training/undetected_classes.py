"""Warns of classes that a trained network never detects: good means of a report can hide them."""

from collections.abc import Iterable, Mapping
from typing import Any

from auxnet_cli.scoring.metrics.undetected_classes import class_figures, undetected_classes
from auxnet_cli.settings import Settings
from auxnet_cli.task import TASKS


def undetected_warnings(report: Mapping[str, Any], settings: Settings) -> list[str]:
    """Returns a sentence, with what to do, for each class that a head never detects.

    The report is of the best model on the validation split, from
    :func:`auxnet_cli.inference.evaluate_split.score_split`.
    """
    warnings = []
    for lost in undetected_classes(report):
        answers = [TASKS[head].undetected.format(number) for head, number in lost["heads"].items()]
        warnings.append(
            f"Class '{lost['class']}' of the validation split was {_listed(answers, 'and')}: try "
            f"{_listed(_advice(lost['heads'], settings), 'or')}."
        )
    return warnings


def unjudged(report: Mapping[str, Any]) -> list[str]:
    """Returns the classes that the validation split does not show, in the data set's order."""
    shown: dict[str, bool] = {}
    for figure in class_figures(report):
        shown[figure.name] = shown.get(figure.name, False) or bool(figure.support)
    return [name for name, seen in shown.items() if not seen]


def _advice(heads: Iterable[str], settings: Settings) -> list[str]:
    """Returns what is left to try, the most promising first."""
    advice = []
    if settings.training.sampling != "balanced":
        advice.append("training.sampling=balanced")
    loss = settings.loss.segmentation
    if "seg" in heads and not loss.startswith("focal-tversky"):
        advice.append(f"loss.segmentation=focal-tversky{'+bce' if 'bce' in loss else ''}")
    return [*advice, f"more than {settings.training.epochs} epochs", "more labelled images of it"]


def _listed(parts: Iterable[str], word: str) -> str:
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last
