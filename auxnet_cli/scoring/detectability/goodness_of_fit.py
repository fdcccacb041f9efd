"""Tests whether the hit/miss model fits its data."""

from typing import NamedTuple

import numpy as np

from auxnet_cli.scoring.detectability.hit_miss import HitMiss
from auxnet_cli.scoring.evidence import Floats, Ints

SIGNIFICANT = 0.05
GROUPS = 10
FINE = {"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000}


class Ceiling(NamedTuple):
    """The probability of detection that large flaws reach.

    Attributes:
        pod: its estimate, 0-1.
        p_value: of the hypothesis that it is 1.
    """

    pod: float
    p_value: float


def size_matters(model: HitMiss) -> float:
    """Returns the p-value of "detection does not depend on size": likelihood ratio, χ² of 1 df."""
    from scipy.special import chdtrc, xlogy

    hits, flaws = int(model.detected.sum()), len(model.detected)
    constant = xlogy(hits, hits / flaws) + xlogy(flaws - hits, 1 - hits / flaws)
    return float(chdtrc(1, max(0.0, 2 * (model.likelihood - constant))))


def ceiling(model: HitMiss) -> Ceiling:
    """Tests whether detection reaches 1: POD = γ / (1 + exp(-(b₀ + b₁ ln(size)))) against γ = 1.

    γ = 1 is the end of its range, so the likelihood ratio is 0 half the time and else χ² with 1 df
    (Self and Liang, JASA 82 (1987) 605-610, case 5). The third parameter is that of "Profile
    Likelihood: What to Do When Maximum Probability of Detection Never Gets to One", Materials
    Evaluation (2015).
    """
    from scipy.optimize import minimize
    from scipy.special import chdtrc, expit, log_expit

    logs, detected = model.logs, model.detected
    middle, spread = logs.mean(), logs.std()
    z = (logs - middle) / spread

    def loss(parameters: Floats) -> float:
        height, slope, top = parameters
        log_pod = log_expit(height + slope * z) + log_expit(top)
        log_miss = np.log(-np.expm1(np.minimum(log_pod, -1e-12)))
        return float(-np.where(detected, log_pod, log_miss).sum())

    height, slope = model.intercept + model.slope * middle, model.slope * spread
    of_largest = detected[logs >= np.quantile(logs, 0.75)].mean()
    top = float(np.log((of_largest + 0.01) / (1.01 - of_largest)))
    fits = [
        minimize(loss, [height, slope * factor, top], method="Nelder-Mead", options=FINE)
        for factor in (1.0, 3.0)
    ]
    best = min(fits, key=lambda fit: fit.fun)
    gain = max(0.0, 2 * (-best.fun - model.likelihood))
    return Ceiling(float(expit(best.x[2])), float(chdtrc(1, gain) / 2) if gain > 1e-6 else 1.0)


def hosmer_lemeshow(model: HitMiss) -> float | None:
    """Returns the p-value of "the model holds", from groups of flaws of like size.

    Σ (O - E)² / (E (1 - E / n)) over the groups is χ² with two degrees less than groups. Source:
    Hosmer, Lemeshow and Sturdivant, Applied Logistic Regression (2013), section 5.2.2.

    Returns:
        ``None`` where the sizes make fewer than four groups.
    """
    from scipy.special import chdtrc

    groups = size_groups(model.logs)
    if groups.max() < 3:
        return None
    flaws, hits = np.bincount(groups), np.bincount(groups, model.detected)
    expected = np.bincount(groups, model.pod(np.exp(model.logs)))
    variance = expected * (1 - expected / flaws)
    statistic = ((hits - expected) ** 2 / np.maximum(variance, 1e-12)).sum()
    return float(chdtrc(len(flaws) - 2, statistic))


def size_groups(sizes: Floats, groups: int = GROUPS) -> Ints:
    """Numbers the (flaws,) groups of like size: about equally many flaws, equal sizes together."""
    edges = np.unique(np.quantile(sizes, np.arange(1, groups) / groups))
    _, numbers = np.unique(np.searchsorted(edges, sizes, side="left"), return_inverse=True)
    return numbers.astype(np.int64)
