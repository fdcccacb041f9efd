"""Bootstrap intervals of any figures, drawn by group of images."""

from collections.abc import Callable, Hashable, Mapping
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.section import Interval
from auxnet_cli.scoring.evidence import Floats, Ints
from auxnet_cli.scoring.intervals.rates import LEVEL

Key = TypeVar("Key", bound=Hashable)

REPLICATES = 1000


def group_draws(groups: int, replicates: int, seed: int) -> NDArray[np.int16]:
    """Draws as many groups as there are, with replacement: (replicates, groups) counts of each."""
    generator = np.random.default_rng(seed)
    draws = np.empty((replicates, groups), np.int16)
    for row in draws:
        row[:] = np.bincount(generator.integers(0, groups, groups), minlength=groups)
    return draws


def bootstrap(
    figures: Callable[[Ints | None], Mapping[Key, float | None]],
    groups: Ints,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[Key, Interval | None]:
    """Computes intervals of figures by drawing whole groups with replacement.

    Percentiles of the replicates, corrected for bias and skewness (BCa; Efron, JASA 82 (1987)
    171-185) and widened for few groups by the t distribution (Hesterberg, The American
    Statistician 69 (2015) 371-386). The skewness is that of the groups' influence, taken from the
    replicates by regression on how often each group was drawn, so it costs no further evaluation.
    ``docs/compare.md`` has the measured coverage.

    Where all groups agree (a rate of 0 or 1) the interval has no width; use
    :func:`~auxnet_cli.scoring.intervals.rates.clopper_pearson` there.

    Args:
        figures: gives the named figures for (images,) weights; for ``None``, all weights are one.
        groups: (images,) the number of each image's group, from 0, none left out.
        replicates: how many test sets are drawn.
        seed: of the draws.

    Returns:
        Low and high of each figure. ``None`` where the figure itself or more than half of its
        replicates do not exist (the others are left out), and with fewer than two groups.
    """
    whole = figures(None)
    count = int(groups.max(initial=-1)) + 1
    if count < 2:
        return dict.fromkeys(whole)
    draws = group_draws(count, replicates, seed)
    values = np.empty((len(whole), replicates))
    for index, draw in enumerate(draws):
        drawn = figures(draw[groups].astype(np.int64))
        values[:, index] = [np.nan if drawn[name] is None else drawn[name] for name in whole]
    skewness = _skewness(values, draws)
    return {
        name: None if value is None else _interval(value, drawn, skew, count)
        for (name, value), drawn, skew in zip(whole.items(), values, skewness, strict=True)
    }


def _skewness(values: Floats, draws: NDArray[np.int16]) -> Floats:
    """Returns (figures,) a sixth of the skewness of the groups' influence: BCa's acceleration."""
    present = ~np.isnan(values)
    middle = np.where(present, values, 0).sum(1, keepdims=True) / np.maximum(
        1, present.sum(1, keepdims=True)
    )
    centred = np.where(present, values - middle, 0)
    # In slices: as floating point the draws of many groups would be large.
    edges = [*range(0, draws.shape[1], 1024), draws.shape[1]]
    influence = np.concatenate(
        [centred @ draws[:, start:stop].astype(np.float64) for start, stop in pairwise(edges)], 1
    )
    spread = (influence**2).sum(1) ** 1.5
    skewness: Floats = (influence**3).sum(1) / np.where(spread > 0, 6 * spread, 1)
    return skewness


def _interval(whole: float, values: Floats, skewness: float, groups: int) -> Interval | None:
    """Returns the BCa interval of a figure from (replicates,) values, NaN where it is missing."""
    from scipy.special import ndtr, ndtri, stdtrit

    present = values[~np.isnan(values)]
    if 2 * len(present) < len(values):
        return None
    # Half of the ties count as below: with few images a rate takes few values.
    below = ((present < whole).mean() + (present <= whole).mean()) / 2
    edge = 0.5 / len(present)
    bias = ndtri(np.clip(below, edge, 1 - edge))
    tail = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    shifted = bias + np.sqrt(groups / (groups - 1)) * stdtrit(groups - 1, tail)
    low, high = np.quantile(present, ndtr(bias + shifted / (1 - skewness * shifted)))
    return float(low), float(high)
