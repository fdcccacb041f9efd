"""Which classes are on the image: accuracy, precision, recall, F1, average precision, ROC AUC."""

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Ints
from auxnet_cli.scoring.figure import Figure, mean, ratio
from auxnet_cli.scoring.metrics.curves import Ranking
from auxnet_cli.scoring.metrics.metric import Key, Metric, Rate

FIGURES = ("accuracy", "precision", "recall", "f1", "average_precision", "roc_auc")


class Classification(Metric):
    """Scores the class scores; :mod:`auxnet_cli.documents.scores` defines the figures."""

    task = "cls"
    headlines = FIGURES
    per_class = FIGURES

    def __init__(self, split: EvaluatedSplit) -> None:
        super().__init__(split)
        shape = (-1, len(self.classes))
        self._truth = np.array([image.labels for image in split.evidence], bool).reshape(shape)
        scores = [image.scores for image in split.evidence]
        self._scores = np.array(scores, np.float64).reshape(shape)
        # As the network gives them: 0.7 in single precision is not below 0.7.
        threshold = np.float32(split.decision.class_score)
        self._called = self._scores.astype(np.float32) >= threshold

    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the ``classification`` section."""
        hits = weights @ (self._truth & self._called)
        support, calls = weights @ self._truth, weights @ self._called
        right = weights @ (self._truth == self._called)
        total = int(weights.sum())
        per_class: dict[str, dict[str, Figure]] = {}
        for label, name in enumerate(self.classes):
            ranking = Ranking.of(self._truth[:, label], self._scores[:, label], weights)
            per_class[name] = {
                "accuracy": ratio(int(right[label]), total, "no image was scored"),
                **_counted(name, int(hits[label]), int(support[label]), int(calls[label])),
                **_ranked(name, ranking),
                "support": int(support[label]),
            }
        means = {
            key: mean((figures[key] for figures in per_class.values()), "no class has this figure")
            for key in FIGURES
        }
        return {
            **means,
            "precision_classes": int(np.count_nonzero(calls)),
            "macro": {key: means[key] for key in ("precision", "recall", "f1")},
            "micro": _counted("any class", int(hits.sum()), int(support.sum()), int(calls.sum())),
            "per_class": per_class,
        }

    def rates(self) -> dict[Key, Rate]:
        """Returns accuracy, precision and recall of each class."""
        rates = {}
        for label, name in enumerate(self.classes):
            truth, called = self._truth[:, label], self._called[:, label]
            rates[name, "accuracy"] = truth == called, np.ones_like(truth)
            rates[name, "precision"] = truth & called, called
            rates[name, "recall"] = truth & called, truth
        return rates

    def details(self) -> Entries:
        """Returns the confusion matrix: images by true and predicted class.

        It is an :class:`~auxnet_cli.documents.scores.ExclusiveConfusion` of exclusive classes, else
        a :class:`~auxnet_cli.documents.scores.MultiLabelConfusion`.
        """
        return {"confusion": self._exclusive() if self.split.exclusive else self._multi_label()}

    def _exclusive(self) -> Entries:
        true = np.where(self._truth.any(axis=1), self._truth.argmax(axis=1) + 1, 0)
        strongest = np.where(self._called, self._scores.astype(np.float32), -1).argmax(axis=1)
        predicted = np.where(self._called.any(axis=1), strongest + 1, 0)
        labels = ["good", *self.classes]
        counts = np.zeros((len(labels), len(labels)), np.int64)
        np.add.at(counts, (true, predicted), 1)
        return {"kind": "exclusive", "labels": labels, "counts": counts.tolist()}

    def _multi_label(self) -> Entries:
        pairs = (2 * self._truth + self._called).T
        tables = [np.bincount(pair, minlength=4).reshape(2, 2).tolist() for pair in pairs]
        return {"kind": "multi-label", "per_class": dict(zip(self.classes, tables, strict=True))}


def _counted(name: str, hits: int, support: int, calls: int) -> dict[str, Figure]:
    unseen, uncalled = f"no image shows {name}", f"no image was predicted as {name}"
    return {
        "precision": ratio(hits, calls, uncalled),
        "recall": ratio(hits, support, unseen),
        "f1": ratio(2 * hits, support + calls, f"{unseen} and {uncalled}"),
    }


def _ranked(name: str, ranking: Ranking) -> dict[str, Figure]:
    unseen = Missing(f"no image shows {name}")
    if not ranking.positives:
        return {"average_precision": unseen, "roc_auc": unseen}
    return {
        "average_precision": ranking.average_precision,
        "roc_auc": ranking.roc_auc if ranking.negatives else Missing(f"every image shows {name}"),
    }
