"""Builds the tables of an evaluation report, which the page, Markdown and the terminal share."""

from auxnet_cli.reports.evaluation.class_tables import per_class
from auxnet_cli.reports.formatting import ABSENT, count, interval, number, percent, size
from auxnet_cli.reports.table import Document, Table
from auxnet_cli.task import TASKS

HEADS = {name: task.noun for name, task in TASKS.items()} | {"any": "masks or boxes"}

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
    "novelty": {
        "auroc": "AUROC of the novelty",
    },
}

_MOST_LISTED = 30

SIZES = {"map_small": "small", "map_medium": "medium", "map_large": "large"}


def tables(report: Document) -> list[Table]:
    """Returns the tables that all forms of a report share, for the sections that it has."""
    return [
        verdict(report),
        headline(report),
        *per_class(report).values(),
        *by_size(report),
        *detectability(report, "heads"),
        *agreement(report),
    ]


def verdict(report: Document) -> Table:
    """Tabulates escapes, false alarms and the cost of both."""
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
    return Table("Verdict", ("", "Images", "Wrong", "Rate, cost", "95 % interval"), tuple(rows))


def cost_sentence(screening: Document) -> str:
    """Says what the mistakes of the verdict cost."""
    return (
        f"An escape costs {screening['cost_escape']:g}, a false alarm "
        f"{screening['cost_false_alarm']:g}."
    )


def headline(report: Document) -> Table:
    """Tabulates the figures over all classes."""
    rows = tuple(
        (title, number(report[section][key]), interval(report[section]["ci95"].get(key)))
        for section, titles in HEADLINES.items()
        if report.get(section) is not None
        for key, title in titles.items()
    )
    return Table("Headline figures", ("Figure", "Value", "95 % interval"), rows)


def by_size(report: Document) -> list[Table]:
    """Tabulates mAP by COCO's sizes of defects, if the model finds boxes."""
    section = report["detection"]
    if section is None:
        return []
    rows = tuple(
        (title, number(section[key]), interval(section["ci95"].get(key)))
        for key, title in SIZES.items()
    )
    return [Table("mAP by size of the defect", ("Size", "mAP", "95 % interval"), rows)]


def fits_by(report: Document, grouping: str) -> Document:
    """Returns the fits of ``detectability`` by ``heads`` or ``per_class``, then by kind of size."""
    section = report["detectability"]
    return (section and section[grouping]) or {}


def detectability(report: Document, grouping: str) -> list[Table]:
    """Tabulates the sizes from which defects are found, by ``heads`` or ``per_class``."""
    title, first = {
        "heads": ("Probability of detection", "Found by"),
        "per_class": ("Probability of detection per class", "Class"),
    }[grouping]
    rows = tuple(
        (
            f"{HEADS[name] if grouping == 'heads' else name}, {kind} in {fit['unit']}",
            count(fit["flaws"]),
            count(fit["found"]),
            percent(fit["rate_low"]),
            *(size(fit[key]) for key in ("a50", "a90", "a90_95")),
        )
        for name, kinds in fits_by(report, grouping).items()
        for kind, fit in kinds.items()
    )
    header = (first, "Defects", "Found", "At least", "a50", "a90", "a90/95")
    return [Table(title, header, rows)] if rows else []


def agreement(report: Document) -> list[Table]:
    """Tabulates how far the heads agree and how well the class scores are calibrated."""
    rows = []
    section = report["agreement"]
    if section is not None and section["contradictions"] is not None:
        number_of_images = f"{section['contradictions']} of {section['images']}"
        rows.append(("Images on which heads contradict", number_of_images))
        rows += [
            (f"- {' and '.join(HEADS[head] for head in pair['heads'])}", count(pair["images"]))
            for pair in section["pairs"]
        ]
    reliability = report["reliability"]
    if reliability is not None:
        error = number(reliability["expected_calibration_error"])
        rows.append(("Expected calibration error of the class scores", error))
    return [Table("Agreement of the heads", ("", "Value"), tuple(rows))] if rows else []


def contradictions(report: Document) -> Table | None:
    """Tabulates the first images on which heads contradict one another."""
    section = report["agreement"]
    if section is None or not section["listed"]:
        return None
    words = {True: "yes", False: "no", None: "-"}
    rows = tuple(
        (
            entry["name"],
            entry["class"],
            words[entry["truth"]],
            *(words[entry[head]] for head in section["heads"]),
        )
        for entry in section["listed"][:_MOST_LISTED]
    )
    total = len(section["listed"])
    more = f", the first {_MOST_LISTED} of {total}" if total > _MOST_LISTED else ""
    header = ("Image", "Class", "Shown", *(HEADS[head] for head in section["heads"]))
    return Table(f"Contradictions{more}", header, rows)


def identity(report: Document) -> Table:
    """Tabulates which model and data set were scored, so that both can be found again."""
    model, dataset = report["model"], report["dataset"]
    images = (
        f"{count(report['images'])} ({count(report['defective'])} defective, "
        f"{count(report['good'])} good)"
    )
    rows = {
        "Model, SHA-256": model["sha256"],
        "Tasks": ", ".join(model["tasks"]),
        "Parameters": count(model["parameters"]),
        "Encoder started from": model["initial_weights"],
        "Data set": dataset["name"],
        "Data set's fingerprint": dataset["fingerprint"],
        "Split": report["split"],
        "Images": images,
        "auxnet": report["tool_version"],
    }
    return Table("Model and data", ("", ""), tuple(rows.items()))
