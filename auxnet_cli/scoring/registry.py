"""The sections of a report: a new metric is a module and an entry here."""

from collections.abc import Callable

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.detectability.detectability import detectability
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.metrics.agreement import agreement
from auxnet_cli.scoring.metrics.classification import Classification
from auxnet_cli.scoring.metrics.detection import Detection
from auxnet_cli.scoring.metrics.metric import Metric
from auxnet_cli.scoring.metrics.novelty import Novelty
from auxnet_cli.scoring.metrics.reliability import reliability
from auxnet_cli.scoring.metrics.screening import Screening
from auxnet_cli.scoring.metrics.segmentation import Segmentation

METRICS: dict[str, type[Metric]] = {
    "classification": Classification,
    "segmentation": Segmentation,
    "detection": Detection,
    "screening": Screening,
    "novelty": Novelty,
}
"""Sections of the report whose figures get intervals, and are compared between runs."""

ANALYSES: dict[str, Callable[[EvaluatedSplit], Entries | Missing]] = {
    "detectability": detectability,
    "agreement": agreement,
    "reliability": reliability,
}
"""Sections of the full report that have no intervals of this kind."""
