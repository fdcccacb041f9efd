"""Classes that a training has neglected: the good means of a report can hide one never found."""

from collections.abc import Iterable, Mapping
from typing import Any

from auxnet_cli.scoring.metrics.undetected_classes import QUESTIONS, never_found
from auxnet_cli.settings import Settings

_ANSWERS = {
    "cls": "recognised on none of {} images (cls)",
    "seg": "touched by a mask on none of {} (seg)",
    "det": "boxed at none of {} places (det)",
}


def neglected(report: Mapping[str, Any], settings: Settings) -> list[str]:
    """The classes that a head never finds, a sentence each with what to do.

    Args:
        report: of the best model on the validation split, from
            :func:`auxnet_cli.inference.evaluate_split.score_split`.
        settings: of the training.
    """
    told = []
    for lost in never_found(report):
        answers = [_ANSWERS[head].format(number) for head, number in lost["heads"].items()]
        told.append(
            f"Class '{lost['class']}' of the validation split was {_listed(answers, 'and')}: try "
            f"{_listed(_advice(lost['heads'], settings), 'or')}."
        )
    return told


def unjudged(report: Mapping[str, Any]) -> list[str]:
    """The classes that the validation split does not show, in the order of the data set."""
    shown: dict[str, bool] = {}
    for question in QUESTIONS.values():
        for name, figures in ((report[question.section] or {}).get("per_class", {})).items():
            shown[name] = shown.get(name, False) or bool(figures[question.support])
    return [name for name, seen in shown.items() if not seen]


def _advice(heads: Mapping[str, int], settings: Settings) -> list[str]:
    """What is left to try, the likeliest first."""
    found = []
    if settings.training.sampling != "balanced":
        found.append("training.sampling=balanced")
    loss = settings.loss.segmentation
    if "seg" in heads and not loss.startswith("focal-tversky"):
        found.append(f"loss.segmentation=focal-tversky{'+bce' if 'bce' in loss else ''}")
    return [*found, f"more than {settings.training.epochs} epochs", "more labelled images of it"]


def _listed(parts: Iterable[str], word: str) -> str:
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last
