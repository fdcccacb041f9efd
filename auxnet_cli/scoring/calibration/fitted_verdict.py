"""Fits a verdict to a split: fusion of the votes, thresholds, and what they give there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.fusion import fit_fusion, weigh_novelty
from auxnet_cli.scoring.calibration.thresholds import alarming, catching
from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, group_numbers
from auxnet_cli.scoring.intervals.rates import clopper_pearson, prediction_interval
from auxnet_cli.settings.calibration import Calibration, Rate, Target
from auxnet_cli.verdict.fused_votes import fuse

LEAST = 1e-3
"""A greatest weight below it makes all fused scores as good as equal."""


@dataclass(frozen=True)
class FittedVerdict:
    """A calibration, and the split that it was fitted on.

    Attributes:
        evidence: of the split, its verdicts by the heads' own thresholds.
        stopped: (images,) bool, by the fitted verdict.
        unwitnessed: the catches, and the further false alarms, that no image bears witness of.
    """

    calibration: Calibration
    evidence: Sequence[Evidence]
    stopped: Flags
    unwitnessed: tuple[int, int]

    def document(self, defective: int, good: int) -> Entries:
        """Tells what the calibration gives and costs on the split, and on the test split's images.

        Returns:
            The entries of :class:`auxnet_cli.documents.calibration.FittedCalibration`.
        """
        before = np.array([image.stopped for image in self.evidence])
        labels = np.array([image.labels for image in self.evidence])
        shows, (fewer, more) = labels.any(axis=1), self.unwitnessed
        calibration = self.calibration
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
                    "images": int(of_class.sum()),
                    "stopped": int(self.stopped[of_class].sum()),
                    "threshold": threshold,
                    "shared": name in calibration.shared,
                }
                for (name, threshold), of_class in zip(
                    calibration.thresholds.items(), labels.T, strict=True
                )
            },
        }


def fit_verdict(
    evidence: Sequence[Evidence],
    heads: Sequence[str],
    classes: tuple[str, ...],
    target: Target,
    level: float,
    fingerprint: str,
    unknown: bool = False,
) -> FittedVerdict:
    """Weighs the heads and sets the thresholds by a split with images enough for the promise.

    The intervals are Clopper and Pearson's for the rate on further parts of the same kind. A
    threshold rests on the score of an image, which is then no witness of it: one such image is what
    the interval of a fitted rate allows for, and each further one counts as an error.

    With ``unknown`` the memory of good parts, which must be among the heads, counts as much as all
    others together.

    Raises:
        InputError: no head tells good images from defective ones.
    """
    votes: dict[str, Floats] = {
        head: np.array([image.votes[head] for image in evidence]) for head in heads
    }
    labels = np.array([image.labels for image in evidence])
    weights, bias = fit_fusion(votes, labels)
    if unknown:
        weights, bias = weigh_novelty(weights, bias, votes, labels)
    if max(weights.values()) < LEAST:
        raise InputError(
            "The heads' votes do not tell good from defective on the validation split; train "
            "longer, or look at `auxnet evaluate --split val`."
        )
    scores = fuse(votes, weights, bias)
    thresholds = (catching if target == "catch" else alarming)(scores, labels, level)
    stopped, defective = thresholds.stops(scores), labels.any(axis=1)
    extra = thresholds.resting - 1
    fewer, more = (extra, 0) if target == "catch" else (0, extra)
    calibration = Calibration(
        weights=weights,
        bias=bias,
        thresholds=dict(zip(classes, thresholds.values.tolist(), strict=True)),
        shared=tuple(np.array(classes)[thresholds.shared].tolist()),
        target=target,
        level=level,
        dataset=fingerprint,
        recall=_rate(stopped[defective], fewer=fewer),
        false_alarms=_rate(stopped[~defective], more=more),
    )
    return FittedVerdict(calibration, evidence, stopped, (fewer, more))


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
