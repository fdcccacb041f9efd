"""Searches the cheapest anchor setting that can match the defects of a data set."""

import math
from dataclasses import dataclass
from itertools import chain, product

import numpy as np

from auxnet_cli.data.audit.anchor_coverage import Floats, anchor_shapes, nearest_anchors
from auxnet_cli.settings import AnchorSettings, ModelSettings

GOAL = 0.95
"""Fraction of the defects that a setting should match."""

_NAMES = ("levels", "base", "scales", "ratios")
_LEVELS = ((2, 5), (2, 6), (3, 5), (3, 6), (3, 7), (4, 7))
_BASES = (1.0, 1.5, 2.0, 3.0, 4.0)
_SCALES = ((1.0,), (1.0, 1.414), (1.0, 1.26, 1.587))
_RATIOS = (
    (1.0,),
    (0.5, 1.0, 2.0),
    (0.25, 1.0, 4.0),
    (0.2, 0.5, 1.0, 2.0, 5.0),
    (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0),
    (0.05, 0.125, 0.35, 1.0, 2.8, 8.0, 20.0),
)
_MOST_DEFECTS = 4000  # more would not change the coverage noticeably


@dataclass(frozen=True)
class Suggestion:
    """An anchor setting.

    Attributes:
        settings: the setting.
        coverage: fraction of the defects that it matches, 0-1.
        cost: arithmetic of its detection subnets, relative to that of the present setting.
    """

    settings: AnchorSettings
    coverage: float
    cost: float

    def overrides(self) -> list[str]:
        """Returns the setting as ``KEY=VALUE`` texts for ``--set``."""
        values = self.settings.model_dump(mode="json", include=set(_NAMES))
        texts = {name: str(values[name]).replace(" ", "") for name in _NAMES}
        return [f"model.anchors.{name}={text}" for name, text in texts.items()]


def search_anchors(
    truths: Floats,
    size: tuple[int, int],
    model: ModelSettings,
    classes: int,
    budget: float = math.inf,
) -> Suggestion:
    """Searches a grid of settings for the cheapest that reaches ``GOAL``, or else the best.

    The grid includes the present setting, to whose cost ``budget`` is relative. There must be a
    defect; ``truths`` and ``size`` are as for :func:`anchor_coverage.best_anchors`.
    """
    chosen = np.linspace(0, len(truths) - 1, min(len(truths), _MOST_DEFECTS)).astype(int)
    truths = truths[chosen]
    overlaps: dict[tuple[int, float, float], Floats] = {}
    present_cost = subnet_cost(size, model, model.anchors, classes)
    ranked: list[tuple[tuple[bool, float, float], Suggestion]] = []
    grid = (
        model.anchors.model_copy(update=dict(zip(_NAMES, values, strict=True)))
        for values in product(_LEVELS, _BASES, _SCALES, _RATIOS)
    )
    for settings in chain([model.anchors], grid):
        cost = subnet_cost(size, model, settings, classes) / present_cost
        if cost > budget:
            continue
        overlap = np.zeros(len(truths))
        for level, scale, ratio in anchor_shapes(settings):
            key = (level, round(scale, 6), ratio)
            if key not in overlaps:
                overlaps[key] = nearest_anchors(truths, size, level, scale, ratio)[1]
            np.maximum(overlap, overlaps[key], out=overlap)
        coverage = float((overlap >= model.anchors.match).mean())
        reached = coverage >= GOAL
        rank = (reached, -cost, coverage) if reached else (reached, coverage, -cost)
        ranked.append((rank, Suggestion(settings, coverage, cost)))
    return max(ranked, key=lambda candidate: candidate[0])[1]


def subnet_cost(
    size: tuple[int, int], model: ModelSettings, anchors: AnchorSettings, classes: int
) -> float:
    """Returns the multiply-accumulates of the two detection subnets for one image."""
    positions = sum(
        -(-size[0] // 2**level) * -(-size[1] // 2**level)
        for level in range(anchors.levels[0], anchors.levels[1] + 1)
    )
    width = model.detection_width
    shapes = len(anchors.scales) * len(anchors.ratios)
    first = 2 * model.pyramid_width * width
    deeper = 2 * width * width * (model.detection_depth - 1)
    last = width * shapes * (classes + 4)
    return float(positions * 9 * (first + deeper + last))
