"""The hit/miss model of MIL-HDBK-1823A: detection as a logistic function of a flaw's log size.

log(POD / (1 - POD)) = b₀ + b₁ ln(size). Source: MIL-HDBK-1823A (2009), appendix G.
"""

from dataclasses import dataclass

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Floats
from auxnet_cli.scoring.intervals.rates import LEVEL

REACH = 30.0
"""How far a bound is looked for beyond its estimate: sizes differ by less than e^30."""
STEPS = 100
"""Most steps of an iterative fit."""


@dataclass(frozen=True)
class HitMiss:
    """A fitted model. Sizes go in and come out in their own unit.

    Attributes:
        logs: (flaws,) natural logarithm of the sizes.
        detected: (flaws,) bool.
        intercept, slope: b₀ and b₁, by maximum likelihood.
        information: (2, 2) about both; the inverse of their covariance.
        likelihood: logarithm of the likelihood.
    """

    logs: Floats
    detected: Flags
    intercept: float
    slope: float
    information: Floats
    likelihood: float

    @classmethod
    def fit(cls, sizes: Floats, detected: Flags) -> "HitMiss":
        """Fits (flaws,) sizes above 0, not :func:`separated`, by reweighted least squares."""
        from scipy.special import expit, logit

        logs = np.log(np.asarray(sizes, np.float64))
        design = np.stack([np.ones_like(logs), logs], axis=1)
        # All weights are equal at first: each flaw halfway between its outcome and even odds.
        middle = np.where(detected, 0.75, 0.25)
        working = logit(middle) + (detected - middle) / (middle * (1 - middle))
        parameters = np.linalg.lstsq(design, working)[0]
        before, likelihood = -np.inf, _log_likelihood(design @ parameters, detected)
        information = np.zeros((2, 2))
        for _ in range(STEPS):
            if likelihood - before <= 5e-13:
                break
            pod = expit(design @ parameters)
            information = (design.T * (pod * (1 - pod))) @ design
            parameters = parameters + np.linalg.solve(information, design.T @ (detected - pod))
            before, likelihood = likelihood, _log_likelihood(design @ parameters, detected)
        intercept, slope = map(float, parameters)
        return cls(logs, detected, intercept, slope, information, likelihood)

    def pod(self, sizes: Floats) -> Floats:
        """Returns the probability of detection at each size."""
        from scipy.special import expit

        of_sizes: Floats = expit(self.intercept + self.slope * np.log(sizes))
        return of_sizes

    def size_at(self, pod: float) -> float:
        """Returns the size found with probability ``pod``: a90 for 0.9. The slope is not 0."""
        return float(np.exp((_logit(pod) - self.intercept) / self.slope))

    def upper_bound(self, pod: float) -> float | None:
        """Returns the upper one-sided confidence bound of :meth:`size_at`: a90/95 for 0.9.

        It is the largest size at which a detection of ``pod`` is not rejected by the likelihood
        ratio, corrected for few flaws: :meth:`deviation` is the normal quantile of ``LEVEL`` there.
        The lower bound of the POD curve (:meth:`lower`) passes ``pod`` at the same size.

        Returns:
            The size; ``None`` where the data bound it nowhere, or the slope is not above 0.
        """
        from scipy.optimize import brentq
        from scipy.special import ndtri

        if self.slope <= 0:
            return None
        aim, target = float(ndtri(LEVEL)), _logit(pod)
        start = (target - self.intercept) / self.slope

        def excess(log_size: float) -> float:
            return self.deviation(log_size, target) - aim

        step = 0.05
        while excess(start + step) < 0:
            step *= 2
            if step > REACH:
                return None
        return float(np.exp(brentq(excess, start, start + step, xtol=1e-10)))

    def lower(self, sizes: Floats) -> Floats:
        """Returns the lower one-sided confidence bound of the POD at each size."""
        from scipy.optimize import brentq
        from scipy.special import expit, ndtri

        aim = float(ndtri(LEVEL))
        bounds = np.empty(len(sizes))
        for index, log_size in enumerate(np.log(sizes)):
            middle = self.intercept + self.slope * log_size

            def excess(logit: float, log_size: float = log_size) -> float:
                return self.deviation(log_size, logit) - aim

            step = 0.5
            while excess(middle - step) < 0:
                step *= 2
            bounds[index] = brentq(excess, middle - step, middle, xtol=1e-8)
        of_sizes: Floats = expit(bounds)
        return of_sizes

    def deviation(self, log_size: float, logit: float) -> float:
        """Measures how far the data speak against log odds as low as ``logit`` at ``log_size``.

        r = √(2 (ln L̂ - ln L₁)), L₁ the largest likelihood of the models through that point, is
        normal for many flaws. r* = r + ln(q / r) / r is so for few, too, with q the distance of the
        log odds times √(|J| / J₁), the information of all models and of those (Barndorff-Nielsen,
        Biometrika 73 (1986) 307-322; in a logistic model the log odds are canonical).
        """
        likelihood, information = self._through(log_size, logit)
        root = np.sqrt(max(0.0, 2 * (self.likelihood - likelihood)))
        distance = self.intercept + self.slope * log_size - logit
        if root < 1e-3 or distance <= 0:
            return float(root)
        scaled = distance * np.sqrt(np.linalg.det(self.information) / information)
        return float(root + np.log(scaled / root) / root)

    def _through(self, log_size: float, logit: float) -> tuple[float, float]:
        """Fits the likeliest model whose log odds at ``log_size`` are ``logit``, by Newton steps.

        Its one parameter is the slope, in which ln L is concave.

        Returns:
            Logarithm of its likelihood, and the information about the slope.
        """
        from scipy.special import expit

        offsets = self.logs - log_size
        slope, best = self.slope, -np.inf
        step = information = 0.0
        for _ in range(STEPS):
            logits = logit + slope * offsets
            likelihood = _log_likelihood(logits, self.detected)
            if likelihood < best - 1e-12 * abs(best):
                step /= 2
                slope -= step
                continue
            best = likelihood
            pod = expit(logits)
            score = ((self.detected - pod) * offsets).sum()
            information = (pod * (1 - pod) * offsets**2).sum()
            step = score / information if information > 0 else 0.0
            if abs(step * score) < 1e-12:
                break
            slope += step
        return best, information


def separated(sizes: Floats, detected: Flags) -> bool:
    """Whether hits and misses do not overlap in size: no fit exists, its slope would be endless."""
    hits, misses = sizes[detected], sizes[~detected]
    if not len(hits) or not len(misses):
        return True
    return bool(hits.min() >= misses.max() or hits.max() <= misses.min())


def _log_likelihood(logits: Floats, detected: Flags) -> float:
    return float(-np.logaddexp(0, np.where(detected, -logits, logits)).sum())


def _logit(pod: float) -> float:
    return float(np.log(pod / (1 - pod)))
