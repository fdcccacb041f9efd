"""What is taken for what."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence

GOOD = "good"


def confusion(
    evidence: Sequence[Evidence], classes: Sequence[str], threshold: float, exclusive: bool
) -> dict[str, Any]:
    """The confusion matrix of the classes.

    A class is predicted where its score is at least ``threshold``.

    Args:
        evidence: images; those that were not classified are passed over.
        classes: names, in order.
        threshold: the score from which a class is predicted.
        exclusive: whether an image shows one class at most.

    Returns:
        Of exclusive classes ``labels``, "good" and the classes, and ``counts``: images, a row for
        each label of the truth, a column for each that was predicted. The prediction is the class
        with the highest score of those that reach the threshold, or "good". Of others
        ``per_class``: NAME → [[TN, FP], [FN, TP]], each class by itself.
    """
    scored = [image for image in evidence if image.scores is not None]
    shape = (-1, len(classes))
    truths = np.array([image.labels for image in scored], bool).reshape(shape)
    scores = np.array([image.scores for image in scored], np.float32).reshape(shape)
    said = scores >= np.float32(threshold)
    if exclusive:
        true = np.where(truths.any(axis=1), truths.argmax(axis=1) + 1, 0)
        strongest = np.where(said, scores, -1).argmax(axis=1)
        called = np.where(said.any(axis=1), strongest + 1, 0)
        counts = np.zeros((len(classes) + 1, len(classes) + 1), np.int64)
        np.add.at(counts, (true, called), 1)
        return {"kind": "exclusive", "labels": [GOOD, *classes], "counts": counts.tolist()}
    tables = {
        name: [
            [int((~of & ~on).sum()), int((~of & on).sum())],
            [int((of & ~on).sum()), int((of & on).sum())],
        ]
        for name, of, on in zip(classes, truths.T, said.T, strict=True)
    }
    return {"kind": "multi-label", "per_class": tables}
