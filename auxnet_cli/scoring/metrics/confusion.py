"""The confusion matrix of the classes."""

import numpy as np

from auxnet_cli.documents.section import Entries
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags, Floats

GOOD = "good"


def confusion(truth: Flags, scores: Floats, split: EvaluatedSplit) -> Entries:
    """Counts images by true and predicted class.

    Args:
        truth: (images, classes) the classes that each image shows.
        scores: (images, classes) 0-1; a class is predicted from ``decision.class_score`` on.
        split: with the names of the classes.

    Returns:
        :class:`~auxnet_cli.documents.scores.ExclusiveConfusion` of exclusive classes, of others
        :class:`~auxnet_cli.documents.scores.MultiLabelConfusion`.
    """
    scores = scores.astype(np.float32)
    called = scores >= np.float32(split.decision.class_score)
    if split.exclusive:
        true = np.where(truth.any(axis=1), truth.argmax(axis=1) + 1, 0)
        strongest = np.where(called, scores, -1).argmax(axis=1)
        predicted = np.where(called.any(axis=1), strongest + 1, 0)
        labels = [GOOD, *split.classes]
        counts = np.zeros((len(labels), len(labels)), np.int64)
        np.add.at(counts, (true, predicted), 1)
        return {"kind": "exclusive", "labels": labels, "counts": counts.tolist()}
    tables = {
        name: np.bincount(2 * shown + predicted, minlength=4).reshape(2, 2).tolist()
        for name, shown, predicted in zip(
            split.classes, truth.T.astype(int), called.T.astype(int), strict=True
        )
    }
    return {"kind": "multi-label", "per_class": tables}
