"""Computes the votes: how strongly each head holds that the image shows a class."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy as np

from auxnet_cli.inspection import Box
from auxnet_cli.task import ANY, NOVELTY, TASKS
from auxnet_cli.verdict.decoded_heads import DecodedHeads, Floats

STRIP = 32
"""Rows that are reduced to their maximum before the search for a large probability."""


def votes(heads: DecodedHeads, classes: int, mask_area: float) -> dict[str, Floats]:
    """Computes the votes of the heads that were built, and of the memory: each (classes,) 0-1.

    The vote of scores is the scores. That of a map is the highest probability that enough pixels
    of the class reach, so that the mask of a threshold covers ``mask_area`` of the image exactly
    where the vote reaches the threshold. That of boxes is the score of the class's strongest box,
    0 without one. Two votes are the same for every class: ``any``, that of a map of the probability
    that a pixel shows any class, 1 − Π(1 − p); and that of the memory of good parts, the novelty.

    Args:
        heads: of a whole image.
        classes: how many classes there are.
        mask_area: part of the image that a mask must cover, 0-1; one pixel at least.
    """
    enough = max(1, ceil(mask_area * heads.height * heads.width))
    vote: dict[str, Callable[[Any], Floats]] = {
        "scores": lambda scores: scores,
        "map": lambda probabilities: kth_largest(probabilities, enough),
        "boxes": lambda boxes: _strongest(boxes, classes),
    }
    cast = {task: vote[TASKS[task].answer](answer) for task, answer in heads.answers.items()}
    for task, answer in heads.answers.items():
        if TASKS[task].answer == "map":
            together = cast[task] if classes == 1 else kth_largest(_of_any_class(answer), enough)
            cast[ANY] = np.full(classes, together[0], np.float32)
    if heads.novelty is not None:
        cast[NOVELTY] = np.full(classes, heads.novelty, np.float32)
    return cast


def _strongest(boxes: Sequence[Box], classes: int) -> Floats:
    scores = [0.0] * classes
    for box in boxes:
        scores[box.label] = max(scores[box.label], box.score)
    return np.array(scores, np.float32)


def _of_any_class(probabilities: Floats) -> Floats:
    """Returns the (height, width, 1) probability of each pixel that it shows any class."""
    none = 1 - probabilities[..., 0]
    for label in range(1, probabilities.shape[2]):
        none *= 1 - probabilities[..., label]
    return (1 - none)[..., None]


def kth_largest(values: Floats, rank: int) -> Floats:
    """Returns the ``rank``-th largest value of each channel; 1 is the maximum.

    Args:
        values: (height, width, channels).
        rank: 1 to height × width.

    Returns:
        (channels,).
    """
    height, width, channels = values.shape
    whole = height - height % STRIP
    tops = values[:whole].reshape(whole // STRIP, STRIP, width * channels).max(axis=1)
    tops = tops.reshape(-1, width, channels)
    if rank > tops.size // channels:
        kth: Floats = np.partition(values.reshape(-1, channels), -rank, axis=0)[-rank]
        return kth
    # The rank largest values lie where the rank largest maxima of strips are, or below the last
    # full strip: few enough to be sorted out, where the whole image would take milliseconds.
    largest = []
    for channel in range(channels):
        maxima = tops[..., channel].ravel()
        strip, column = np.divmod(np.argpartition(maxima, -rank)[-rank:], width)
        rows = strip[:, None] * STRIP + np.arange(STRIP)
        near = values[rows, column[:, None], channel].ravel()
        near = np.concatenate([near, values[whole:, :, channel].ravel()])
        largest.append(np.partition(near, -rank)[-rank])
    return np.array(largest, values.dtype)
