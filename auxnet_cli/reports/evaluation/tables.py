"""The tables of an evaluation report as plain cells, so that page and terminal show the same."""

from auxnet_cli.reports.evaluation.detectability_tables import HEADS, detectability
from auxnet_cli.reports.formatting import ABSENT, count, interval, number, percent
from auxnet_cli.reports.table import Report, Sheet

HEADLINES = {
    "classification": {
        "accuracy": "Accuracy",
        "precision": "Precision",
        "recall": "Recall",
        "f1": "F1",
        "average_precision": "Average precision",
        "roc_auc": "ROC AUC",
    },
    "segmentation": {
        "dice": "Dice",
        "iou": "IoU",
        "dice_per_image": "Dice per image",
        "dice_kaggle": "Dice, Kaggle",
        "iou_defective": "IoU, defective images",
        "recall_defective": "Pixel recall, defective images",
    },
    "detection": {
        "map50": "mAP50",
        "map": "mAP",
        "map75": "mAP75",
        "recall_100": "Recall of 100 boxes",
    },
}

SIZES = {"map_small": "small", "map_medium": "medium", "map_large": "large"}

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


def sheets(report: Report) -> list[Sheet]:
    """The tables of a report: the verdict, the headline figures, each task per class, and sizes.

    Args:
        report: as in ``report.json``; a section that is ``None`` has no table.
    """
    return [
        verdict(report),
        headline(report),
        *per_class(report).values(),
        *by_size(report),
        *detectability(report),
        *heads(report),
    ]


def verdict(report: Report) -> Sheet:
    """Escapes, false alarms and what both cost."""
    screening = report["screening"]
    bounds = screening["ci95"]
    rows = [
        (
            title,
            count(screening[kind]),
            count(screening[wrong]),
            percent(screening[rate]),
            interval(bounds[rate], percent),
        )
        for title, kind, wrong, rate in (
            ("Defective, passed (escape)", "defective", "escapes", "escape_rate"),
            ("Good, stopped (false alarm)", "good", "false_alarms", "false_alarm_rate"),
        )
    ]
    cost, wrong = screening["cost"], (screening["escapes"] or 0) + (screening["false_alarms"] or 0)
    rows.append(
        (
            "Cost of an image",
            count(screening["defective"] + screening["good"]),
            count(wrong),
            ABSENT if cost is None else f"{cost:.3g}",
            ABSENT if bounds.get("cost") is None else "{:.3g}-{:.3g}".format(*bounds["cost"]),
        )
    )
    return Sheet("Verdict", ("", "Images", "Wrong", "Rate, cost", "95 % interval"), tuple(rows))


def cost_words(screening: Report) -> str:
    """What the verdict's mistakes cost, in words."""
    return (
        f"An escape costs {screening['cost_escape']:g}, a false alarm "
        f"{screening['cost_false_alarm']:g}."
    )


def headline(report: Report) -> Sheet:
    """The figures over all classes."""
    return Sheet(
        "Headline figures",
        ("Figure", "Value", "95 % interval"),
        tuple(
            (title, number(report[section][key]), interval(report[section]["ci95"].get(key)))
            for section, names in HEADLINES.items()
            if report[section] is not None
            for key, title in names.items()
        ),
    )


def by_size(report: Report) -> list[Sheet]:
    """The mAP by COCO's sizes, where the model finds boxes."""
    found = report["detection"]
    if found is None:
        return []
    rows = tuple(
        (title, number(found[key]), interval(found["ci95"].get(key)))
        for key, title in SIZES.items()
    )
    return [Sheet("mAP by size of the defect", ("Size", "mAP", "95 % interval"), rows)]


def heads(report: Report) -> list[Sheet]:
    """How far the heads agree, and how honest the class scores are."""
    rows = []
    own = report["agreement"]
    if own is not None and own["contradictions"] is not None:
        rows.append(
            ("Images on which heads contradict", f"{own['contradictions']} of {own['images']}")
        )
        rows += [
            (f"- {' and '.join(HEADS[head] for head in pair['heads'])}", count(pair["images"]))
            for pair in own["pairs"]
        ]
    honest = report["reliability"]
    if honest is not None:
        error = number(honest["expected_calibration_error"])
        rows.append(("Expected calibration error of the class scores", error))
    return [Sheet("Agreement of the heads", ("", "Value"), tuple(rows))] if rows else []


def confusion(report: Report) -> Sheet | None:
    """What images show against what the class head calls them."""
    if report["classification"] is None:
        return None
    own = report["classification"]["confusion"]
    if own["kind"] == "exclusive":
        rows = tuple(
            (f"shows {name}" if place else "good", *map(count, counts))
            for place, (name, counts) in enumerate(zip(own["labels"], own["counts"], strict=True))
        )
        return Sheet("Confusion matrix", ("", *(f"called {name}" for name in own["labels"])), rows)
    header = ("Class", "Found", "Missed", "False alarm", "Rightly quiet")
    rows = tuple(
        (name, *map(count, (found, missed, false, quiet)))
        for name, ((quiet, false), (missed, found)) in own["per_class"].items()
    )
    return Sheet("Confusion, class by class", header, rows)


def per_class(report: Report) -> dict[str, Sheet]:
    """The table of each task that the model has, by its section's name."""
    return {
        section: Sheet(
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


def per_class_intervals(report: Report) -> dict[str, Sheet]:
    """The 95 % intervals beside :func:`per_class`, by the section's name."""
    found = {}
    for section, columns in _PER_CLASS.items():
        if report[section] is None:
            continue
        shown = {
            key: column
            for key, column in columns.items()
            if any(key in own["ci95"] for own in report[section]["per_class"].values())
        }
        rows = tuple(
            (name, *(interval(own["ci95"].get(key), write) for key, (_, write) in shown.items()))
            for name, own in report[section]["per_class"].items()
        )
        header = ("Class", *(title for title, _ in shown.values()))
        found[section] = Sheet(f"{section.capitalize()} per class, 95 % intervals", header, rows)
    return found
