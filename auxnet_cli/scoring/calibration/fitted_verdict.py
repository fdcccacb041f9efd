"""A verdict fitted on a split: fusion of the votes, thresholds, and what they give there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.fusion import fit_fusion
from auxnet_cli.scoring.calibration.thresholds import Thresholds, alarming, catching
from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, group_numbers
from auxnet_cli.scoring.intervals.interval import Interval, clopper_pearson
from auxnet_cli.scoring.intervals.prediction_interval import foreseen
from auxnet_cli.settings.calibration import Calibration, Rate, Target
from auxnet_cli.verdict.fused_votes import fuse

LEAST = 1e-3
"""A greatest weight below it makes all fused scores as good as equal."""


@dataclass(frozen=True)
class FittedVerdict:
    """What was fitted, and the split that it was fitted on.

    Attributes:
        evidence: of the split, its verdicts by the heads' own thresholds.
        classes: the defect classes, in order.
        target, level: the promise; see :class:`auxnet_cli.verdict.fused_votes.Calibration`.
        weights, bias: of the fusion.
        thresholds: of the fused scores.
        scores: (images, classes) 0-1, fused.
        labels: (images, classes) bool.
    """

    evidence: Sequence[Evidence]
    classes: tuple[str, ...]
    target: Target
    level: float
    weights: dict[str, float]
    bias: float
    thresholds: Thresholds
    scores: Floats
    labels: Flags

    def calibration(self, fingerprint: str) -> Calibration:
        """As the model card keeps it.

        The intervals are Clopper and Pearson's for the rate on further parts of the same kind. A
        threshold rests on the score of an image, which is then no witness of it: one such image is
        what the interval of a fitted rate allows for, and each further one counts as an error.

        Args:
            fingerprint: of the data set.
        """
        values = dict(zip(self.classes, self.thresholds.values.tolist(), strict=True))
        stopped = self.thresholds.stops(self.scores)
        defective = self.labels.any(axis=1)
        fewer, more = self._unsure()
        return Calibration(
            weights=self.weights,
            bias=self.bias,
            thresholds=values,
            shared=tuple(np.array(self.classes)[self.thresholds.shared].tolist()),
            target=self.target,
            level=self.level,
            dataset=fingerprint,
            recall=_rate(stopped[defective], fewer=fewer),
            false_alarms=_rate(stopped[~defective], more=more),
        )

    def _unsure(self) -> tuple[int, int]:
        """How many catches, and how many further false alarms, no image bears witness of."""
        extra = self.thresholds.resting - 1
        return (extra, 0) if self.target == "catch" else (0, extra)

    def figures(self, calibration: Calibration, defective: int, good: int) -> dict[str, Any]:
        """What the calibration gives and costs on the split, and on further images.

        Args:
            calibration: of this fit.
            defective: images of the test split.
            good: likewise.

        Returns:
            - ``images``, and ``groups``: the independent parts among them
            - ``recall``, ``false_alarms``: ``value`` 0-1, ``hits``, ``trials``, ``ci95``; the same
              ``before``, by the heads' own thresholds
            - ``test``: the test split's images, ``defective`` and ``good``, and in which interval
              their ``recall`` and ``false_alarms`` will lie in 95 % of cases
            - ``per_class``: by name, the ``images`` that show it, how many of those are
              ``stopped``, the ``threshold``, and whether it is ``shared``
        """
        before = np.array([one.stopped for one in self.evidence])
        shows = self.labels.any(axis=1)
        stopped = self.thresholds.stops(self.scores)
        fewer, more = self._unsure()
        recall, alarms = calibration.recall, calibration.false_alarms
        return {
            "images": len(self.evidence),
            "groups": int(group_numbers(self.evidence).max()) + 1,
            "recall": _described(recall),
            "false_alarms": _described(alarms),
            "before": {
                "recall": _described(_rate(before[shows])),
                "false_alarms": _described(_rate(before[~shows])),
            },
            "test": {
                "defective": defective,
                "good": good,
                "recall": _listed(foreseen(recall.hits, recall.trials, defective, fewer)),
                "false_alarms": _listed(foreseen(alarms.hits, alarms.trials, good, 0, more)),
            },
            "per_class": {
                name: {
                    "images": int(self.labels[:, label].sum()),
                    "stopped": int(stopped[self.labels[:, label]].sum()),
                    "threshold": float(self.thresholds.values[label]),
                    "shared": bool(self.thresholds.shared[label]),
                }
                for label, name in enumerate(self.classes)
            },
        }


def fit_verdict(
    evidence: Sequence[Evidence],
    heads: Sequence[str],
    classes: tuple[str, ...],
    target: Target,
    level: float,
) -> FittedVerdict:
    """Weigh the heads and set the thresholds.

    Args:
        evidence: of a split with good and defective images, enough for the promise.
        heads: that vote.
        classes: the defect classes, in order.
        target: ``catch`` or ``false-alarms``.
        level: the rate promised, above 0 and below 1.

    Raises:
        InputError: no head tells good images from defective ones.
    """
    votes = {head: np.array([one.votes[head] for one in evidence]) for head in heads}
    labels = np.array([one.labels for one in evidence])
    weights, bias = fit_fusion(votes, labels)
    if max(weights.values()) < LEAST:
        raise InputError(
            "The heads' votes do not tell good from defective on the validation split; train "
            "longer, or look at `auxnet evaluate --split val`."
        )
    scores = fuse(votes, weights, bias)
    thresholds = (catching if target == "catch" else alarming)(scores, labels, level)
    return FittedVerdict(
        evidence, classes, target, level, weights, bias, thresholds, scores, labels
    )


def _rate(stopped: Flags, fewer: int = 0, more: int = 0) -> Rate:
    """Part of the images that was stopped; the interval as if it had been fewer, or more."""
    hits, trials = int(stopped.sum()), len(stopped)
    low, _ = clopper_pearson(max(0, hits - fewer), trials)
    _, high = clopper_pearson(min(trials, hits + more), trials)
    return Rate(hits=hits, trials=trials, low=low, high=high)


def _listed(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)


def _described(rate: Rate) -> dict[str, Any]:
    return {
        "value": rate.hits / rate.trials,
        "hits": rate.hits,
        "trials": rate.trials,
        "ci95": [rate.low, rate.high],
    }
