"""Reliability: whether a class that scores 0.8 is there in 8 of 10 cases."""

from collections.abc import Sequence

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence, Flags, Floats

BINS = 10
FIGURES = ("expected_calibration_error", "maximum_calibration_error", "brier")


def reliability(split: EvaluatedSplit) -> Entries | Missing:
    """Returns the report's ``reliability`` section: class scores against what the images show."""
    if "cls" not in split.tasks:
        return Missing("the model was trained without cls")
    temperature = split.decision.temperature
    if not split.evidence:
        missing = dict.fromkeys(FIGURES, Missing("no image was scored"))
        return {**missing, "bins": [], "temperature": temperature, "per_class": {}}
    scores = np.array([image.scores for image in split.evidence], np.float64)
    truth = np.array([image.labels for image in split.evidence])
    return {
        **reliability_figures(split.evidence),
        "temperature": temperature,
        "per_class": {
            name: _figures(scores[:, label], truth[:, label])
            for label, name in enumerate(split.classes)
        },
    }


def reliability_figures(evidence: Sequence[Evidence]) -> Entries:
    """Returns the figures and the diagram over all (image, class) pairs of images with scores."""
    scores = np.array([image.scores for image in evidence], np.float64)
    return _figures(scores.ravel(), np.array([image.labels for image in evidence]).ravel())


def _figures(scores: Floats, truth: Flags) -> Entries:
    """Returns the figures and the diagram of (pairs,) scores."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    images, total, shown = (np.bincount(bins, values, BINS) for values in (None, scores, truth))
    filled = np.flatnonzero(images)
    gaps = np.abs(shown - total)[filled] / images[filled]
    return {
        "expected_calibration_error": float((images[filled] * gaps).sum() / len(scores)),
        "maximum_calibration_error": float(gaps.max()),
        "brier": float(((scores - truth) ** 2).mean()),
        "bins": [
            {
                "low": float(index / BINS),
                "high": float((index + 1) / BINS),
                "images": int(images[index]),
                "score": float(total[index] / images[index]),
                "rate": float(shown[index] / images[index]),
            }
            for index in filled
        ],
    }
