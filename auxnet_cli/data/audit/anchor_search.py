"""The cheapest anchor setting that can match the defects of a data set."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from auxnet_cli.data.audit.anchor_coverage import Floats, nearest_anchors
from auxnet_cli.settings import AnchorSettings, ModelSettings

GOAL = 0.95
"""Part of the defects that a setting should match."""

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
_MOST = 4000  # defects tried; more would not move the figure


@dataclass(frozen=True)
class Suggestion:
    """An anchor setting.

    Attributes:
        settings: the setting.
        coverage: part of the defects that it matches, 0-1.
        cost: its detection subnets' arithmetic, in times that of the setting it would replace.
    """

    settings: AnchorSettings
    coverage: float
    cost: float

    def overrides(self) -> list[str]:
        """``KEY=VALUE`` texts as ``--set`` takes them."""
        chosen = self.settings
        values: dict[str, Any] = {
            "levels": list(chosen.levels),
            "base": chosen.base,
            "scales": list(chosen.scales),
            "ratios": list(chosen.ratios),
        }
        return [
            f"model.anchors.{name}={str(value).replace(' ', '')}" for name, value in values.items()
        ]


def search_anchors(
    truths: Floats,
    size: tuple[int, int],
    model: ModelSettings,
    classes: int,
    budget: float = math.inf,
) -> Suggestion:
    """Search a grid of settings for the cheapest that reaches ``GOAL``, or else the best.

    The setting to compare with is one of them.

    Args:
        truths: (truths, 4) x1, y1, x2, y2 in pixels of the network's input; at least one.
        size: (height, width) of that input.
        model: its anchors give ``match`` and the setting to compare the cost with.
        classes: how many classes there are.
        budget: the most that it may cost, in times that of the setting to compare with.
    """
    tried = truths[np.linspace(0, len(truths) - 1, min(len(truths), _MOST)).astype(int)]
    match = model.anchors.match
    overlaps: dict[tuple[int, float, float], Floats] = {}
    usual = subnet_cost(size, model, model.anchors, classes)
    best: tuple[tuple[bool, float, float], Suggestion] | None = None
    for settings in _grid(model.anchors):
        cost = subnet_cost(size, model, settings, classes) / usual
        if cost > budget:
            continue
        overlap = np.zeros(len(tried))
        for level, scale, ratio in product(
            range(settings.levels[0], settings.levels[1] + 1), settings.scales, settings.ratios
        ):
            key = (level, round(settings.base * scale, 6), ratio)
            if key not in overlaps:
                side = settings.base * scale * 2**level
                overlaps[key] = nearest_anchors(tried, size, level, side, ratio)[1]
            np.maximum(overlap, overlaps[key], out=overlap)
        coverage = float((overlap >= match).mean())
        enough = coverage >= GOAL
        rank = (enough, -cost if enough else coverage, coverage if enough else -cost)
        if best is None or rank > best[0]:
            best = rank, Suggestion(settings, coverage, cost)
    assert best is not None, "the grid is not empty"
    return best[1]


def subnet_cost(
    size: tuple[int, int], model: ModelSettings, anchors: AnchorSettings, classes: int
) -> float:
    """Multiply-accumulates of the two detection subnets for one image."""
    places = sum(
        -(-size[0] // 2**level) * -(-size[1] // 2**level)
        for level in range(anchors.levels[0], anchors.levels[1] + 1)
    )
    width = model.detection_width
    shapes = len(anchors.scales) * len(anchors.ratios)
    first = 2 * _kernel(model.pyramid_width, width, model.separable)
    deeper = 2 * _kernel(width, width, model.separable) * (model.detection_depth - 1)
    last = _kernel(width, shapes * classes, model.separable)
    last += _kernel(width, shapes * 4, model.separable)
    return float(places * (first + deeper + last))


def _kernel(entering: int, leaving: int, separable: bool) -> int:
    """Multiply-accumulates of a 3×3 convolution at one place."""
    return entering * (9 + leaving) if separable else 9 * entering * leaving


def _grid(present: AnchorSettings) -> Iterator[AnchorSettings]:
    yield present
    for levels, base, scales, ratios in product(_LEVELS, _BASES, _SCALES, _RATIOS):
        yield present.model_copy(
            update={"levels": levels, "base": base, "scales": scales, "ratios": ratios}
        )
