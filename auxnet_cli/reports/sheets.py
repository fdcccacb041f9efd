"""The tables of an evaluation report as plain cells, so that page and terminal show the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]

ABSENT = "none"

# How a model card's `initial_weights` begins where the encoder started from random weights.
_SCRATCH = "none:"


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        title: what it shows.
        header: a name per column.
        rows: the cells; the first of a row names it.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def number(value: float | None) -> str:
    """A figure of 0-1 to three places."""
    return ABSENT if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """A rate of 0-1 in percent."""
    return ABSENT if value is None else f"{100 * value:.1f} %"


def count(value: int) -> str:
    """A whole number."""
    return f"{value:,}"


_HEADLINES = {
    "classification": {
        "accuracy": "Accuracy",
        "precision": "Precision",
        "recall": "Recall",
        "f1": "F1",
        "average_precision": "Average precision",
    },
    "segmentation": {
        "dice": "Dice",
        "iou": "IoU",
        "dice_per_image": "Dice per image",
        "dice_kaggle": "Dice, Kaggle",
    },
    "detection": {"map50": "mAP50", "map": "mAP", "map75": "mAP75"},
}

_PER_CLASS = {
    "classification": {
        "support": ("Images", count),
        "accuracy": ("Accuracy", number),
        "precision": ("Precision", number),
        "recall": ("Recall", number),
        "f1": ("F1", number),
        "average_precision": ("AP", number),
    },
    "segmentation": {
        "images": ("Images", count),
        "iou": ("IoU", number),
        "dice": ("Dice", number),
        "detected_rate": ("Detected", percent),
        "dice_when_detected": ("Dice when detected", number),
        "quiet_rate": ("Quiet", percent),
    },
    "detection": {
        "support": ("Defects", count),
        "ap": ("AP", number),
        "ap50": ("AP50", number),
    },
}


def sheets(report: Report) -> list[Sheet]:
    """The tables of a report: the verdict, the headline figures, and each task per class.

    Args:
        report: as in ``report.json``; a task that the model lacks has no table.
    """
    screening = report["screening"]
    verdict = Sheet(
        "Verdict",
        ("", "Images", "Wrong"),
        (
            (
                "Defective, passed as good (escape)",
                count(report["defective"]),
                percent(screening["escape_rate"]),
            ),
            (
                "Good, stopped (false alarm)",
                count(report["good"]),
                percent(screening["false_alarm_rate"]),
            ),
        ),
    )
    headline = Sheet(
        "Headline figures",
        ("Figure", "Value"),
        tuple(
            (name, number(report[section][key]))
            for section, names in _HEADLINES.items()
            if report[section] is not None
            for key, name in names.items()
        ),
    )
    return [verdict, headline, *_per_class(report)]


def _per_class(report: Report) -> list[Sheet]:
    return [
        Sheet(
            f"{section.capitalize()} per class",
            ("Class", *(title for title, _ in columns.values())),
            tuple(
                (name, *(write(figures[key]) for key, (_, write) in columns.items()))
                for name, figures in report[section]["per_class"].items()
            ),
        )
        for section, columns in _PER_CLASS.items()
        if report[section] is not None
    ]


def reasons(document: Mapping[str, Any], where: str = "") -> list[str]:
    """Why figures are absent: ``where: reason``, from every ``reasons`` in the report."""
    lines = [f"{where}{name}: {reason}" for name, reason in document.get("reasons", {}).items()]
    for name, part in document.items():
        if isinstance(part, Mapping) and name != "reasons":
            inner = where if name == "per_class" else f"{where}{name}, "
            lines += reasons(part, inner)
    return lines


def warning(report: Report) -> str | None:
    """What a reader must know of the weights that training started from, if they were random."""
    origin: str = report["model"]["initial_weights"]
    if not origin.startswith(_SCRATCH):
        return None
    return (
        f"No pretrained encoder weights: {origin.removeprefix(_SCRATCH).strip()}. "
        "Expect lower figures than from ImageNet weights."
    )
