"""Weighs the classes in the losses: the rarer in the training split, the more.

All are scikit-learn's "balanced" weights, w_c = n / (k · n_c) for n cases of which n_c are of class
c, over the k classes that occur: the mean weight of a case is 1, and every class weighs the same in
all. A class that does not occur has weight 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ClassWeights:
    """The weights of one training split.

    Attributes:
        classification: (2, outputs), the weights of truth 0 and of truth 1. For exclusive labels an
            image is a case, "good" the first class, and the weights of truth 0 are not used. Else
            each class is a question of its own, with absent and present as its two classes.
        segmentation: (classes,). A pair of an image and a class on it is a case.
    """

    classification: Floats
    segmentation: Floats


def balanced(counts: ArrayLike) -> Floats:
    """Returns the weights n / (k · n_c) of (classes,) counts; 1 for a class that does not occur."""
    number = np.asarray(counts, np.float64)
    present = number > 0
    weights = np.ones_like(number)
    weights[present] = number.sum() / (present.sum() * number[present])
    return weights.astype(np.float32)


def class_weights(
    labels: Sequence[frozenset[int]],
    masked: Sequence[frozenset[int]],
    classes: int,
    exclusive: bool,
) -> ClassWeights:
    """Returns the balanced weights of a training split.

    ``labels`` has the classes on each image, none on a good part; ``masked`` those on the images
    that segmentation learns from.
    """
    shown = _count(labels, classes)
    if exclusive:
        good = sum(not image for image in labels)
        positive = balanced([good, *shown])
        classification = np.stack([np.ones_like(positive), positive])
    else:
        pairs = [balanced([len(labels) - number, number]) for number in shown]
        classification = np.stack(pairs, axis=1)
    return ClassWeights(classification, balanced(_count(masked, classes)))


def _count(labels: Sequence[frozenset[int]], classes: int) -> list[int]:
    return [sum(label in image for image in labels) for label in range(classes)]
