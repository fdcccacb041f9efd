"""Reliability: whether a class that scores 0.8 is there in 8 of 10 cases."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Floats
from auxnet_cli.scoring.figure import Figure, Missing, section

BINS = 10


def reliability(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    temperature: float | None = None,
) -> dict[str, Any]:
    """The report's ``reliability`` section: the class scores against what the images show.

    - ``bins``: the reliability diagram. The scores from ``low`` to ``high`` (ten of one width;
      empty ones are left out): ``images`` in them, their mean ``score``, and the ``rate`` of those
      that show the class.
    - ``expected_calibration_error``: the mean of the differences between rate and score of the
      bins, weighted by their images (Guo et al., "On Calibration of Modern Neural Networks", ICML
      2017, eq. 3); and the
      ``maximum_calibration_error``, the largest difference of a bin (eq. 5)
    - ``brier``: mean of (score - truth)², truth 0 or 1 (Brier, 1950, for each class by itself)

    The figures of the whole are over all pairs (image, class); those of a class in ``per_class``.

    Args:
        evidence: the images of a split.
        classes: the defect classes, in order.
        temperature: that the scores were made with, for the record.
    """
    scored = [image.scores for image in evidence if image.scores is not None]
    if len(scored) < len(evidence) or not scored:
        missing = Missing(
            "the model was trained without cls" if evidence else "no image was scored"
        )
        return section(**_figures(missing), bins=[], temperature=temperature, per_class={})
    scores, truth = np.array(scored), np.array([image.labels for image in evidence])
    return section(
        **_of(scores.ravel(), truth.ravel()),
        temperature=temperature,
        per_class={
            name: section(**_of(scores[:, label], truth[:, label]))
            for label, name in enumerate(classes)
        },
    )


def _of(scores: Floats, truth: Flags) -> dict[str, Any]:
    """The figures of (pairs,) scores."""
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    inside, said, shown = (np.bincount(place, values, BINS) for values in (None, scores, truth))
    held = np.flatnonzero(inside)
    gaps = np.abs(shown - said)[held] / inside[held]
    return {
        "expected_calibration_error": float((inside[held] * gaps).sum() / len(scores)),
        "maximum_calibration_error": float(gaps.max()),
        "brier": float(((scores - truth) ** 2).mean()),
        "bins": [
            {
                "low": float(index / BINS),
                "high": float((index + 1) / BINS),
                "images": int(inside[index]),
                "score": float(said[index] / inside[index]),
                "rate": float(shown[index] / inside[index]),
            }
            for index in held
        ],
    }


def _figures(value: Figure) -> dict[str, Figure]:
    names = ("expected_calibration_error", "maximum_calibration_error", "brier")
    return dict.fromkeys(names, value)
