"""Warns the reader of an evaluation report of what its figures cannot be trusted for."""

from auxnet_cli.reports.cautions import (
    Caution,
    group_cautions,
    split_cautions,
    training_cautions,
)
from auxnet_cli.reports.evaluation.tables import HEADLINES
from auxnet_cli.reports.formatting import counted, precision_note
from auxnet_cli.reports.table import Document
from auxnet_cli.scoring.metrics.undetected_classes import finding_heads
from auxnet_cli.task import TASKS

# A model card's `initial_weights` begins so where the encoder started from random weights.
_RANDOM_WEIGHTS = "none:"
# With fewer images even a rate of zero errors is uncertain by 5 percentage points and more.
_ENOUGH_IMAGES = 60
_ENOUGH_IMAGES_OF_A_CLASS = 10


def cautions(report: Document) -> list[Caution]:
    """Returns the warnings that a report gives rise to, the gravest first."""
    return [
        *_undetected_classes(report),
        *training_cautions(report["model"]["dataset"], report["dataset"]),
        *split_cautions(report["split"]),
        *group_cautions(report["dataset"]),
        *_few_images(report),
        *_rare_classes(report),
        *_precision(report),
        *_random_weights(report),
        *_absent_figures(report),
        *_unreadable(report),
    ]


def _undetected_classes(report: Document) -> list[Caution]:
    """Names the classes that no head finds, then those that a single head never finds."""
    undetected = {entry["class"]: entry["heads"] for entry in report["never_found"]}
    wholly = {name: heads for name, heads in undetected.items() if not finding_heads(report, name)}
    cautions = []
    for name, heads in wholly.items():
        numbers = ", 0 of ".join(
            f"{counted(number, TASKS[head].case)} ({TASKS[head].answers})"
            for head, number in heads.items()
        )
        text = f"0 found of {numbers}. Means over all classes hide this."
        cautions.append(Caution(f"{name} is never found", text, grave=True))
    for head, task in TASKS.items():
        partly = [
            f"{name} (0 of {counted(heads[head], task.case)})"
            for name, heads in undetected.items()
            if head in heads and name not in wholly
        ]
        if partly:
            them = "it" if len(partly) == 1 else "them"
            text = f"{', '.join(partly)}. Other heads find {them} at times."
            cautions.append(Caution(f"Never found by the {task.answers}", text, grave=True))
    return cautions


def _few_images(report: Document) -> list[Caution]:
    return [
        Caution(
            f"Only {counted(number, f'{kind} image')}",
            # The upper end of Clopper and Pearson's interval for no event.
            f"Even without {event} here, up to {100 * (1 - 0.025 ** (1 / number)):.1f} % of the "
            f"{kind} parts might {fate} (95 % confidence).",
        )
        for kind, event, fate in (
            ("defective", "an escape", "escape"),
            ("good", "a false alarm", "be stopped"),
        )
        if 0 < (number := report[kind]) < _ENOUGH_IMAGES
    ]


def _rare_classes(report: Document) -> list[Caution]:
    task = next(task for task in TASKS.values() if report[task.section] is not None)
    rare = ", ".join(
        f"{name} {int(figures[task.support])}"
        for name, figures in report[task.section]["per_class"].items()
        if 0 < figures[task.support] < _ENOUGH_IMAGES_OF_A_CLASS
    )
    text = f"{rare}: read their intervals, not the figures."
    return [Caution("Few images of some classes", text)] if rare else []


def _precision(report: Document) -> list[Caution]:
    """Names the classes that a mean precision leaves out."""
    section = report["classification"]
    if section is None or section["precision_classes"] in (0, len(section["per_class"])):
        return []
    names = [name for name, of in section["per_class"].items() if of["precision"] is None]
    note = precision_note(section["precision_classes"], len(section["per_class"]))
    return [Caution("Precision leaves classes out", f"It is the {note}: {', '.join(names)}.")]


def _random_weights(report: Document) -> list[Caution]:
    origin: str = report["model"]["initial_weights"]
    if not origin.startswith(_RANDOM_WEIGHTS):
        return []
    reason = origin.removeprefix(_RANDOM_WEIGHTS).strip()
    start = f"The encoder was {reason}" if reason.startswith("learned") else reason
    text = f"{start}. Expect lower figures than from ImageNet weights."
    return [Caution("No pretrained encoder weights", text)]


def _absent_figures(report: Document) -> list[Caution]:
    """Names headline figures that have no value although the model has the head."""
    reasons = {
        title: report[section].get("reasons", {}).get(key, "")
        for section, titles in HEADLINES.items()
        if report.get(section) is not None
        for key, title in titles.items()
        if report[section][key] is None
    }
    return [
        Caution(f"No value for {title}", f"The reason: {reason}.")
        for title, reason in reasons.items()
    ]


def _unreadable(report: Document) -> list[Caution]:
    number = len(report["unreadable"])
    if not number:
        return []
    subject = "It was" if number == 1 else "They were"
    text = f"{subject} passed over and {'is' if number == 1 else 'are'} in no figure."
    return [Caution(f"{counted(number, 'image')} could not be read", text)]
