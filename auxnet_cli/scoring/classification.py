"""Which classes are on the image: accuracy, precision, recall, F1 and average precision."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.figure import Figure, mean, ratio, section
from auxnet_cli.scoring.truth import Truth

FIGURES = ("accuracy", "precision", "recall", "f1", "average_precision")


class ClassificationScores:
    """Gathers the image scores of a split, each class on its own (an image may hold several).

    A class is predicted where its score is at least ``threshold``. With TP, FP, FN, TN images:

    - accuracy = (TP + TN) / all
    - precision = TP / (TP + FP); null where no image was predicted as the class
    - recall = TP / (TP + FN); null where no image shows the class
    - f1 = 2 TP / (2 TP + FP + FN); null where no image shows the class or was predicted as it
    - average_precision: see :func:`average_precision`; null where no image shows the class
    - support = TP + FN

    The figures of the whole are the unweighted means over the classes, nulls skipped; accuracy is
    so the mean of the classes' binary accuracies, as in the paper.
    """

    def __init__(self, classes: Sequence[str], threshold: float) -> None:
        self.classes = tuple(classes)
        self.threshold = threshold
        self._truths: list[NDArray[np.bool_]] = []
        self._scores: list[NDArray[np.float32]] = []

    def add(self, truth: Truth, inspection: Inspection) -> None:
        """Take one image; one that was not classified is passed over."""
        if inspection.scores is not None:
            self._truths.append(truth.labels)
            self._scores.append(np.asarray(inspection.scores, np.float32))

    def figures(self) -> dict[str, Any]:
        """The report's ``classification`` section."""
        shape = (-1, len(self.classes))
        truths = np.array(self._truths, bool).reshape(shape)
        scores = np.array(self._scores, np.float32).reshape(shape)
        per_class = {
            name: self._of_class(name, truths[:, label], scores[:, label])
            for label, name in enumerate(self.classes)
        }
        means = {
            key: mean((figures[key] for figures in per_class.values()), "no class has this figure")
            for key in FIGURES
        }
        return section(**means, per_class={name: section(**of) for name, of in per_class.items()})

    def _of_class(
        self, name: str, truth: NDArray[np.bool_], score: NDArray[np.float32]
    ) -> dict[str, Figure]:
        predicted = score >= self.threshold
        hits = int((truth & predicted).sum())
        support, calls = int(truth.sum()), int(predicted.sum())
        unseen = f"no image shows {name}"
        unsaid = f"no image was predicted as {name}"
        return {
            "accuracy": ratio(int((truth == predicted).sum()), len(truth), "no image was scored"),
            "precision": ratio(hits, calls, unsaid),
            "recall": ratio(hits, support, unseen),
            "f1": ratio(2 * hits, support + calls, f"{unseen} and {unsaid}"),
            "average_precision": ratio(average_precision(truth, score), bool(support), unseen),
            "support": support,
        }


def average_precision(truth: NDArray[np.bool_], score: NDArray[np.float32]) -> float:
    """The area under the precision-recall curve as steps: Σ (Rₙ - Rₙ₋₁) Pₙ, no interpolation.

    n runs over the distinct scores from the highest down; images of equal score come in together.
    scikit-learn's ``average_precision_score`` has the same definition.

    Args:
        truth: (images,) bool.
        score: (images,).

    Returns:
        0-1; 0 where nothing is true.
    """
    order = np.argsort(-score, kind="stable")
    truth, score = truth[order], score[order]
    last_of_its_score = np.append(score[1:] != score[:-1], True)[: len(score)]
    hits = np.cumsum(truth)[last_of_its_score]
    calls = np.arange(1, len(score) + 1)[last_of_its_score]
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / calls).sum() / max(1, truth.sum()))
