"""Classes that a training has neglected: the good means of a report can hide one never found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auxnet_cli.settings import Settings


@dataclass(frozen=True)
class _Question:
    """How a section of a report tells that a class was never found.

    Attributes:
        figure: 0 where it was not.
        support: how often the class could have been found.
        answer: what is then said; ``{}`` is the support.
    """

    figure: str
    support: str
    answer: str


QUESTIONS = {
    "classification": _Question("recall", "support", "recognised on none of {} images (cls)"),
    "segmentation": _Question("detected_rate", "images", "touched by a mask on none of {} (seg)"),
    "detection": _Question("ap50", "support", "boxed at none of {} places (det)"),
}


def neglected(report: Mapping[str, Any], settings: Settings) -> list[str]:
    """The classes that a head never finds, a sentence each with what to do.

    Args:
        report: of the best model on the validation split, as ``runtime.evaluate.score_split`` gives
            it.
        settings: of the training.
    """
    failures: dict[str, dict[str, str]] = {}
    for section, question in QUESTIONS.items():
        for name, figures in _classes(report, section).items():
            if figures[question.support] and figures[question.figure] == 0:
                answer = question.answer.format(figures[question.support])
                failures.setdefault(name, {})[section] = answer
    return [
        f"Class '{name}' of the validation split was {_listed(answers.values(), 'and')}: try "
        f"{_listed(_advice(answers, settings), 'or')}."
        for name, answers in failures.items()
    ]


def unjudged(report: Mapping[str, Any]) -> list[str]:
    """The classes that the validation split does not show, in the order of the data set."""
    shown: dict[str, bool] = {}
    for section, question in QUESTIONS.items():
        for name, figures in _classes(report, section).items():
            shown[name] = shown.get(name, False) or bool(figures[question.support])
    return [name for name, seen in shown.items() if not seen]


def _classes(report: Mapping[str, Any], section: str) -> Mapping[str, Mapping[str, Any]]:
    figures = report[section]
    return {} if figures is None else figures["per_class"]


def _advice(answers: Mapping[str, str], settings: Settings) -> list[str]:
    """What is left to try, the likeliest first."""
    found = []
    if settings.training.sampling != "balanced":
        found.append("training.sampling=balanced")
    loss = settings.loss.segmentation
    if "segmentation" in answers and not loss.startswith("focal-tversky"):
        found.append(f"loss.segmentation=focal-tversky{'+bce' if 'bce' in loss else ''}")
    return [*found, f"more than {settings.training.epochs} epochs", "more labelled images of it"]


def _listed(parts: Iterable[str], word: str) -> str:
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last
