"""Builds the tables of an evaluation report that have a row for each class."""

from auxnet_cli.reports.formatting import count, interval, number, percent
from auxnet_cli.reports.table import Document, Table

_PER_CLASS = {
    "classification": {
        "support": ("Images", count),
        "accuracy": ("Accuracy", number),
        "precision": ("Precision", number),
        "recall": ("Recall", number),
        "f1": ("F1", number),
        "average_precision": ("AP", number),
        "roc_auc": ("AUC", number),
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
        "found_rate": ("Found", percent),
    },
}


def per_class(report: Document) -> dict[str, Table]:
    """Tabulates the figures of each class, a table a section, by the section's name."""
    return {
        section: Table(
            f"{section.capitalize()} per class",
            ("Class", *(title for title, _ in columns.values())),
            tuple(
                (name, *(write(figures[key]) for key, (_, write) in columns.items()))
                for name, figures in report[section]["per_class"].items()
            ),
        )
        for section, columns in _PER_CLASS.items()
        if report[section] is not None
    }


def per_class_intervals(report: Document) -> dict[str, Table]:
    """Tabulates the 95 % intervals of :func:`per_class`, by the section's name."""
    tables = {}
    for section, columns in _PER_CLASS.items():
        if report[section] is None:
            continue
        intervals = {
            name: figures["ci95"] for name, figures in report[section]["per_class"].items()
        }
        shown = {
            key: column
            for key, column in columns.items()
            if any(key in bounds for bounds in intervals.values())
        }
        rows = tuple(
            (name, *(interval(bounds.get(key), write) for key, (_, write) in shown.items()))
            for name, bounds in intervals.items()
        )
        header = ("Class", *(title for title, _ in shown.values()))
        tables[section] = Table(f"{section.capitalize()} per class, 95 % intervals", header, rows)
    return tables


def confusion(report: Document) -> Table | None:
    """Tabulates what images show against what the class head calls them."""
    if report["classification"] is None:
        return None
    matrix = report["classification"]["confusion"]
    if matrix["kind"] == "exclusive":
        labels = matrix["labels"]
        names = ["good", *(f"shows {name}" for name in labels[1:])]
        rows = tuple(
            (name, *map(count, counts))
            for name, counts in zip(names, matrix["counts"], strict=True)
        )
        return Table("Confusion matrix", ("", *(f"called {name}" for name in labels)), rows)
    header = ("Class", "Found", "Missed", "False alarm", "Rightly quiet")
    rows = tuple(
        (name, *map(count, (true_positive, false_negative, false_positive, true_negative)))
        for name, (
            (true_negative, false_positive),
            (false_negative, true_positive),
        ) in matrix["per_class"].items()
    )
    return Table("Confusion, class by class", header, rows)
