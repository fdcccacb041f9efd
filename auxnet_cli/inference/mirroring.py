"""Mirrors views for the network, and averages what the heads say of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from auxnet_cli.task import TASKS
from auxnet_cli.verdict.decoded_heads import DecodedHeads
from auxnet_cli.verdict.fused_votes import mean_odds

PLAIN: tuple[int, ...] = ()
MIRRORS = (PLAIN, (1,), (0,))
"""Axes of (height, width, …) to reverse: none, left-right, top-bottom."""


def average(heads: Sequence[DecodedHeads]) -> DecodedHeads:
    """Averages the heads of a view and of its mirror images, in the order of ``MIRRORS``.

    The scores of classes are averaged by their log-odds; the probabilities of pixels by themselves,
    mirrored back. Boxes and novelty are those of the view as it is: the anchors around a defect are
    the same in a mirror, and the good parts remembered were not mirrored.
    """
    if len(heads) == 1:
        return heads[0]
    mean: Mapping[str, Callable[[list[Any]], Any]] = {
        "scores": mean_odds,
        "map": lambda maps: np.mean(
            [np.flip(each, axes) for each, axes in zip(maps, MIRRORS, strict=True)], axis=0
        ),
        "boxes": lambda boxes: boxes[0],
    }
    answers = {
        task: mean[TASKS[task].answer]([each.answers[task] for each in heads])
        for task in heads[0].answers
    }
    return replace(heads[0], answers=answers)
