"""The curves of a score that ranks images: precision over recall, and recall over false alarms."""

from dataclasses import dataclass

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Floats, Ints


@dataclass(frozen=True)
class Ranking:
    """Images by score, from the highest down; images of equal score come in together.

    Attributes:
        thresholds: (scores,) the distinct scores, falling.
        hits: (scores,) images of the class with at least that score.
        calls: (scores,) all images with at least that score.
        positives: images of the class.
        negatives: the others.
    """

    thresholds: Floats
    hits: Ints
    calls: Ints
    positives: int
    negatives: int

    @classmethod
    def of(cls, truth: Flags, score: Floats, weights: Ints | None = None) -> "Ranking":
        """Ranks images.

        Args:
            truth: (images,) whether each shows the class.
            score: (images,) of the class.
            weights: (images,) how often each counts; once if not given.
        """
        if weights is None:
            weights = np.ones(len(truth), np.int64)
        order = np.argsort(-score, kind="stable")
        order = order[weights[order] > 0]
        truth, score, weights = truth[order], score[order], weights[order]
        last = np.append(score[1:] != score[:-1], True)[: len(score)]
        hits, calls = np.cumsum(weights * truth), np.cumsum(weights)
        positives = int(weights[truth].sum())
        negatives = int(weights.sum()) - positives
        return cls(score[last], hits[last], calls[last], positives, negatives)

    @property
    def recall(self) -> Floats:
        """(scores,) part of the images of the class that is called; 0 where there is none."""
        return np.asarray(self.hits / max(1, self.positives))

    @property
    def precision(self) -> Floats:
        """(scores,) part of the images called that are of the class."""
        return np.asarray(self.hits / self.calls)

    @property
    def false_alarm_rate(self) -> Floats:
        """(scores,) part of the other images that is called; 0 where there is none."""
        return np.asarray((self.calls - self.hits) / max(1, self.negatives))

    @property
    def average_precision(self) -> float:
        """The area under the precision-recall curve, as scikit-learn's; 0 without positives."""
        gained = np.diff(self.hits, prepend=0)
        return float((gained * self.hits / self.calls).sum() / max(1, self.positives))

    @property
    def roc_auc(self) -> float:
        """The area under the ROC curve, straight between its points, as scikit-learn's.

        It is the chance that an image of the class scores higher than one of the others, a tie
        counting one half. 0 without positives or negatives.
        """
        hits, false = np.append(0, self.hits), np.append(0, self.calls - self.hits)
        area = float(np.sum(np.diff(false) * (hits[1:] + hits[:-1]))) / 2
        return area / max(1, self.positives * self.negatives)
