"""Names the metrics of a study, and formats their figures."""

from auxnet_cli.documents.study import LATENCY_MS, Study
from auxnet_cli.reports.formatting import ABSENT, number, three_digits

TITLES = {
    "classification.accuracy": "accuracy",
    "classification.f1": "F1",
    "segmentation.dice": "Dice",
    "segmentation.iou": "IoU",
    "detection.map": "mAP",
    "detection.map50": "mAP50",
    LATENCY_MS: "ms",
}
"""All metrics that a study can have, with their names in tables and charts."""


def metrics(study: Study) -> list[str]:
    """Returns the metrics of any arm, in their order."""
    return [*dict.fromkeys(metric for arm in study.arms for metric in arm.figures)]


def figure(metric: str, value: float | None) -> str:
    """Formats a figure of a metric."""
    if value is None:
        return ABSENT
    return three_digits(value) if metric == LATENCY_MS else number(value)
