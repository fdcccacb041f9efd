"""Which classes are on the image: accuracy, precision, recall, F1, average precision, ROC AUC."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Ints
from auxnet_cli.scoring.figure import Figure, Missing, mean, ratio, section
from auxnet_cli.scoring.metrics.curves import Ranking

HEADLINES = ("accuracy", "precision", "recall", "f1", "average_precision", "roc_auc")


class Classification:
    """The class scores of a split, each class on its own (an image may hold several).

    A class is predicted where its score is at least ``threshold``. With TP, FP, FN, TN images:

    - accuracy = (TP + TN) / all
    - precision = TP / (TP + FP); null where no image was predicted as the class
    - recall = TP / (TP + FN); null where no image shows the class
    - f1 = 2 TP / (2 TP + FP + FN); null where no image shows the class or was predicted as it
    - average_precision, roc_auc: see :class:`~auxnet_cli.scoring.metrics.curves.Ranking`; null
      where no image shows the class, roc_auc also where every image does
    - support = TP + FN

    The headline figures are the unweighted means over the classes, nulls skipped, also called macro
    averages; accuracy is so the mean of the classes' binary accuracies, as in the paper.
    ``precision_classes`` is the number of classes in the mean of the precision: those that were
    predicted at all. ``micro`` has precision, recall and F1 of the sums of TP, FP and FN over the
    classes: common classes weigh more.

    Args:
        evidence: images; those that were not classified are passed over.
        classes: names, in order.
        threshold: the score from which a class is predicted.
    """

    figures = HEADLINES
    per_class = HEADLINES

    def __init__(
        self, evidence: Sequence[Evidence], classes: Sequence[str], threshold: float
    ) -> None:
        self.classes = tuple(classes)
        scored = [(place, e) for place, e in enumerate(evidence) if e.scores is not None]
        self._number = len(evidence)
        self._places = np.array([place for place, _ in scored], np.int64)
        shape = (-1, len(self.classes))
        self._truths = np.array([e.labels for _, e in scored], bool).reshape(shape)
        self._scores = np.array([e.scores for _, e in scored], np.float64).reshape(shape)
        # As the network gives them: 0.7 in single precision is not below 0.7.
        self._said = self._scores.astype(np.float32) >= np.float32(threshold)

    def section(self, weights: Ints | None = None) -> dict[str, Any]:
        """The report's ``classification`` section.

        Args:
            weights: (images,) how often each image of the evidence counts; once if not given.
        """
        weights = np.ones(self._number, np.int64) if weights is None else weights
        weights = weights[self._places]
        hits = weights @ (self._truths & self._said)
        support, calls = weights @ self._truths, weights @ self._said
        right = weights @ (self._truths == self._said)
        total = int(weights.sum())
        per_class: dict[str, dict[str, Figure]] = {}
        for label, name in enumerate(self.classes):
            ranking = Ranking.of(self._truths[:, label], self._scores[:, label], weights)
            counted = [int(counts[label]) for counts in (hits, support, calls)]
            per_class[name] = {
                "accuracy": ratio(int(right[label]), total, "no image was scored"),
                **_of_class(name, *counted),
                **_of_ranking(name, ranking),
                "support": counted[1],
            }
        sums = [int(counts.sum()) for counts in (hits, support, calls)]
        means = {
            key: mean((figures[key] for figures in per_class.values()), "no class has this figure")
            for key in HEADLINES
        }
        return section(
            **means,
            precision_classes=sum(bool(number) for number in calls.tolist()),
            macro=section(**{key: means[key] for key in ("precision", "recall", "f1")}),
            micro=section(**_of_class("any class", *sums)),
            per_class={name: section(**of) for name, of in per_class.items()},
        )

    def rates(self) -> dict[tuple[str, str], tuple[Flags, Flags]]:
        """The plain rates: (class, figure) → the images that are hits, and those that count."""
        rates = {}
        for label, name in enumerate(self.classes):
            truth, said = self._truths[:, label], self._said[:, label]
            for figure, hit, counts in (
                ("accuracy", truth == said, np.ones_like(truth)),
                ("precision", truth & said, said),
                ("recall", truth & said, truth),
            ):
                rates[name, figure] = self._spread(hit), self._spread(counts)
        return rates

    def _spread(self, flags: Flags) -> Flags:
        whole = np.zeros(self._number, bool)
        whole[self._places] = flags
        return whole


def _of_class(name: str, hits: int, support: int, calls: int) -> dict[str, Figure]:
    unseen, unsaid = f"no image shows {name}", f"no image was predicted as {name}"
    return {
        "precision": ratio(hits, calls, unsaid),
        "recall": ratio(hits, support, unseen),
        "f1": ratio(2 * hits, support + calls, f"{unseen} and {unsaid}"),
    }


def _of_ranking(name: str, ranking: Ranking) -> dict[str, Figure]:
    unseen = Missing(f"no image shows {name}")
    if not ranking.positives:
        return {"average_precision": unseen, "roc_auc": unseen}
    return {
        "average_precision": ranking.average_precision,
        "roc_auc": ranking.roc_auc if ranking.negatives else Missing(f"every image shows {name}"),
    }
