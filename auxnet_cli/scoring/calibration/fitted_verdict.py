"""Fits a verdict to a split: fusion of the votes, thresholds, and what they give there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.fusion import fit_fusion
from auxnet_cli.scoring.calibration.thresholds import Thresholds, alarming, catching
from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, group_numbers
from auxnet_cli.scoring.intervals.rates import clopper_pearson, prediction_interval
from auxnet_cli.settings.calibration import Calibration, Rate, Target
from auxnet_cli.verdict.fused_votes import fuse

LEAST = 1e-3
"""A greatest weight below it makes all fused scores as good as equal."""


@dataclass(frozen=True)
class FittedVerdict:
    """What was fitted, and the split that it was fitted on.

    Attributes:
        evidence: of the split, its verdicts by the heads' own thresholds.
        target, level: the promise; see :class:`auxnet_cli.settings.calibration.Calibration`.
        weights, bias: of the fusion.
        thresholds: of the fused scores.
        stopped: (images,) bool, by the fitted verdict.
        labels: (images, classes) bool.
    """

    evidence: Sequence[Evidence]
    classes: tuple[str, ...]
    target: Target
    level: float
    weights: dict[str, float]
    bias: float
    thresholds: Thresholds
    stopped: Flags
    labels: Flags

    def calibration(self, fingerprint: str) -> Calibration:
        """Returns the calibration as the model card keeps it.

        The intervals are Clopper and Pearson's for the rate on further parts of the same kind. A
        threshold rests on the score of an image, which is then no witness of it: one such image is
        what the interval of a fitted rate allows for, and each further one counts as an error.
        """
        defective = self.labels.any(axis=1)
        fewer, more = self._without_witness()
        return Calibration(
            weights=self.weights,
            bias=self.bias,
            thresholds=dict(zip(self.classes, self.thresholds.values.tolist(), strict=True)),
            shared=tuple(np.array(self.classes)[self.thresholds.shared].tolist()),
            target=self.target,
            level=self.level,
            dataset=fingerprint,
            recall=_rate(self.stopped[defective], fewer=fewer),
            false_alarms=_rate(self.stopped[~defective], more=more),
        )

    def document(self, calibration: Calibration, defective: int, good: int) -> Entries:
        """Tells what the calibration gives and costs on the split, and on the test split's images.

        Returns:
            The entries of :class:`auxnet_cli.documents.calibration.FittedCalibration`.
        """
        before = np.array([image.stopped for image in self.evidence])
        shows = self.labels.any(axis=1)
        fewer, more = self._without_witness()
        recall, alarms = calibration.recall, calibration.false_alarms
        return {
            **calibration.model_dump(mode="json"),
            "recall": _described(recall),
            "false_alarms": _described(alarms),
            "images": len(self.evidence),
            "groups": int(group_numbers(self.evidence).max()) + 1,
            "before": {
                "recall": _described(_rate(before[shows])),
                "false_alarms": _described(_rate(before[~shows])),
            },
            "test": {
                "defective": defective,
                "good": good,
                "recall": prediction_interval(recall.hits, recall.trials, defective, fewer),
                "false_alarms": prediction_interval(alarms.hits, alarms.trials, good, 0, more),
            },
            "per_class": {
                name: {
                    "images": int(self.labels[:, label].sum()),
                    "stopped": int(self.stopped[self.labels[:, label]].sum()),
                    "threshold": float(self.thresholds.values[label]),
                    "shared": bool(self.thresholds.shared[label]),
                }
                for label, name in enumerate(self.classes)
            },
        }

    def _without_witness(self) -> tuple[int, int]:
        """Counts the catches, and the further false alarms, that no image bears witness of."""
        extra = self.thresholds.resting - 1
        return (extra, 0) if self.target == "catch" else (0, extra)


def fit_verdict(
    evidence: Sequence[Evidence],
    heads: Sequence[str],
    classes: tuple[str, ...],
    target: Target,
    level: float,
) -> FittedVerdict:
    """Weighs the heads and sets the thresholds by a split with images enough for the promise.

    Raises:
        InputError: no head tells good images from defective ones.
    """
    votes: dict[str, Floats] = {
        head: np.array([image.votes[head] for image in evidence]) for head in heads
    }
    labels = np.array([image.labels for image in evidence])
    weights, bias = fit_fusion(votes, labels)
    if max(weights.values()) < LEAST:
        raise InputError(
            "The heads' votes do not tell good from defective on the validation split; train "
            "longer, or look at `auxnet evaluate --split val`."
        )
    scores = fuse(votes, weights, bias)
    thresholds = (catching if target == "catch" else alarming)(scores, labels, level)
    stopped = thresholds.stops(scores)
    return FittedVerdict(
        evidence, classes, target, level, weights, bias, thresholds, stopped, labels
    )


def _rate(stopped: Flags, fewer: int = 0, more: int = 0) -> Rate:
    """Returns the part of the images that was stopped.

    Its interval is taken as if ``fewer`` images less had been stopped, or ``more`` images more.
    """
    hits, trials = int(stopped.sum()), len(stopped)
    low, _ = clopper_pearson(max(0, hits - fewer), trials)
    _, high = clopper_pearson(min(trials, hits + more), trials)
    return Rate(hits=hits, trials=trials, low=low, high=high)


def _described(rate: Rate) -> Entries:
    value = rate.hits / rate.trials
    return {"value": value, "hits": rate.hits, "trials": rate.trials, "ci95": (rate.low, rate.high)}
