"""Reads the memory of good parts: from the distances that the network gives to the novelty.

The idea is PatchCore's: what lies far from everything that good parts showed is new (Roth et al.,
"Towards Total Recall in Industrial Anomaly Detection", CVPR 2022). The layers are built by
:mod:`auxnet_cli.model.memory_layers`; this module imports no Keras.
"""

from collections.abc import Sequence
from math import ceil, log

import cv2
import numpy as np

from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.verdict.decoded_heads import Floats

OUTPUT = "memory"
"""The network's output: the squared distance of each place from the nearest feature remembered."""

STRIDE = 16
"""Pixels of the network's input between two places, both ways."""

SHARE = 0.01
"""Part of the places whose mean distance is that of the image: the farthest."""

TYPICAL = 0.01
"""Novelty of the median good image."""

LIMIT = 2.326
"""Spreads above the median where the novelty is .5: a normal distribution's 99th percentile."""

_LEAST_DISTANCE, _LEAST_SPREAD = 1e-6, 0.02


def memory_axes(size: tuple[int, int]) -> dict[str, int]:
    """Returns the axes of the output for an input of (height, width) pixels, without the batch."""
    rows, columns = (-(-side // STRIDE) for side in size)
    return {"rows": rows, "columns": columns}


def image_distance(distances: Floats) -> float:
    """Returns the distance of an image: the mean of the farthest 1 % of its (rows, columns)."""
    count = ceil(SHARE * distances.size)
    return float(np.partition(distances, -count, axis=None)[-count:].mean())


def distance_scale(distances: Sequence[float]) -> tuple[float, float]:
    """Returns median and spread of the logarithms of good images' distances.

    The spread is that of a normal distribution with the same median and 90th percentile: what a
    few odd images among the good ones do to it is bounded.
    """
    logarithms = np.log(np.maximum(distances, _LEAST_DISTANCE))
    median, high = np.quantile(logarithms, (0.5, 0.9))
    return float(median), float(max((high - median) / 1.2816, _LEAST_SPREAD))


def novelty(distances: Floats, card: MemoryCard) -> Floats:
    """Turns distances, of any shape, into novelties, 0-1.

    1 / (1 + e^−s), s = ln 99 · ((ln distance − median) / (2.326 · spread) − 1): .01 at the median
    of good images, .5 where one of a hundred is beyond.
    """
    logarithms = np.log(np.maximum(distances, _LEAST_DISTANCE))
    steps = (logarithms - card.median) / (LIMIT * card.spread) - 1
    odds = log(1 / TYPICAL - 1) * steps
    return np.asarray(np.tanh(odds / 2) / 2 + 0.5, np.float32)


def novelty_map(distances: Floats, card: MemoryCard, height: int, width: int) -> Floats:
    """Returns the (height, width) novelties of a window with these (rows, columns) distances."""
    novelties = novelty(distances, card)
    full = cv2.resize(novelties, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32).reshape(height, width)
