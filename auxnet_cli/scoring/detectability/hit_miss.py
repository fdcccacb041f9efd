"""The hit/miss model of MIL-HDBK-1823A: detection as a logistic function of a flaw's log size.

log(POD / (1 - POD)) = b₀ + b₁ ln(size). Source: MIL-HDBK-1823A (2009), appendix G.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.scoring.intervals.interval import LEVEL

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# How far a bound is looked for beyond its estimate: sizes differ by less than a factor of e^30.
REACH = 30.0
STEPS = 100


@dataclass(frozen=True)
class HitMiss:
    """A fitted model. Sizes go in and come out in their own unit.

    Attributes:
        logs: (flaws,) natural logarithm of the sizes.
        found: (flaws,) bool.
        intercept, slope: b₀ and b₁, by maximum likelihood.
        covariance: (2, 2) of both.
        likelihood: logarithm of the likelihood.
    """

    logs: Floats
    found: Flags
    intercept: float
    slope: float
    covariance: Floats
    likelihood: float

    @classmethod
    def fit(cls, sizes: Floats, found: Flags) -> "HitMiss":
        """Fit the model, by statsmodels' binomial GLM.

        Args:
            sizes: (flaws,) above 0.
            found: (flaws,) bool; not :func:`separated`.
        """
        from statsmodels.genmod.families import Binomial
        from statsmodels.genmod.generalized_linear_model import GLM

        logs = np.log(np.asarray(sizes, np.float64))
        design = np.stack([np.ones_like(logs), logs], 1)
        fit = GLM(found.astype(np.float64), design, family=Binomial()).fit(tol=1e-12, maxiter=STEPS)
        intercept, slope = map(float, fit.params)
        return cls(logs, found, intercept, slope, np.asarray(fit.cov_params()), float(fit.llf))

    def pod(self, sizes: Floats) -> Floats:
        """The probability of detection at each size."""
        from scipy.special import expit

        of_sizes: Floats = expit(self.intercept + self.slope * np.log(sizes))
        return of_sizes

    def size_at(self, pod: float) -> float:
        """The size that is found with probability ``pod``; a90 for 0.9. The slope must not be 0."""
        return float(np.exp((_logit(pod) - self.intercept) / self.slope))

    def likelihood_bound(
        self, pod: float, level: float = LEVEL, corrected: bool = True
    ) -> float | None:
        """Upper one-sided confidence bound of :meth:`size_at`; a90/95 for 0.9.

        The largest size at which a detection of ``pod`` is not rejected by the likelihood ratio:
        :meth:`_root` = z, the normal quantile of ``level``. The lower bound of the POD curve
        (:meth:`lower`) passes ``pod`` there.

        Args:
            pod: probability of detection.
            level: of confidence.
            corrected: for few flaws; without, the handbook's plain likelihood ratio.

        Returns:
            The size; ``None`` where the data bound it nowhere, or the slope is not above 0.
        """
        from scipy.optimize import brentq
        from scipy.special import ndtri

        if self.slope <= 0:
            return None
        aim, target = float(ndtri(level)), _logit(pod)
        start = (target - self.intercept) / self.slope

        def excess(log_size: float) -> float:
            return self._root(log_size, target, corrected) - aim

        step = 0.05
        while excess(start + step) < 0:
            step *= 2
            if step > REACH:
                return None
        return float(np.exp(brentq(excess, start, start + step, xtol=1e-10)))

    def wald_bound(self, pod: float, level: float = LEVEL) -> float | None:
        """The same bound from the covariance: where the lower Wald bound of the curve is ``pod``.

        b₀ + b₁ x - z se(b₀ + b₁ x) = logit(pod), solved for x = ln(size) (Fieller's theorem).

        Returns:
            The size; ``None`` where the slope is not above 0 by z standard errors.
        """
        from scipy.special import ndtri

        z2 = float(ndtri(level)) ** 2
        (v00, v01), (_, v11) = self.covariance
        short = self.intercept - _logit(pod)
        a = self.slope**2 - z2 * v11
        if self.slope <= 0 or a <= 0:
            return None
        b = self.slope * short - z2 * v01
        c = short**2 - z2 * v00
        return float(np.exp((-b + np.sqrt(max(0.0, b**2 - a * c))) / a))

    def lower(self, sizes: Floats, level: float = LEVEL) -> Floats:
        """Lower one-sided confidence bound of the POD at each size, by the likelihood ratio."""
        from scipy.optimize import brentq
        from scipy.special import expit, ndtri

        aim = float(ndtri(level))
        bounds = np.empty(len(sizes))
        for index, log_size in enumerate(np.log(sizes)):
            middle = self.intercept + self.slope * log_size

            def excess(logit: float, log_size: float = log_size) -> float:
                return self._root(log_size, logit) - aim

            step = 0.5
            while excess(middle - step) < 0:
                step *= 2
            bounds[index] = brentq(excess, middle - step, middle, xtol=1e-8)
        of_sizes: Floats = expit(bounds)
        return of_sizes

    def _root(self, log_size: float, logit: float, corrected: bool = True) -> float:
        """How far the data speak against log odds as low as ``logit`` at ``log_size``.

        r = √(2 (ln L̂ - ln L₁)), L₁ the largest likelihood of the models through that point, is
        normal for many flaws. r* = r + ln(q / r) / r is so for few, too, with q the distance of the
        log odds times √(|J| / J₁), the information of all models and of those (Barndorff-Nielsen,
        Biometrika 73 (1986) 307-322; in a logistic model the log odds are canonical).
        """
        likelihood, information = self._through(log_size, logit)
        root = np.sqrt(max(0.0, 2 * (self.likelihood - likelihood)))
        distance = self.intercept + self.slope * log_size - logit
        if not corrected or root < 1e-3 or distance <= 0:
            return float(root)
        scaled = distance / np.sqrt(np.linalg.det(self.covariance) * information)
        return float(root + np.log(scaled / root) / root)

    def _through(self, log_size: float, logit: float) -> tuple[float, float]:
        """The likeliest model whose log odds at ``log_size`` are ``logit``, by Newton's method.

        Its one parameter is the slope, in which ln L is concave.

        Returns:
            Logarithm of its likelihood, and the information about the slope.
        """
        from scipy.special import expit

        offsets = self.logs - log_size
        slope, best = self.slope, -np.inf
        step = information = 0.0
        for _ in range(STEPS):
            likelihood = self._log_likelihood(logit + slope * offsets)
            if likelihood < best - 1e-12 * abs(best):
                step /= 2
                slope -= step
                continue
            best = likelihood
            pod = expit(logit + slope * offsets)
            score = ((self.found - pod) * offsets).sum()
            information = (pod * (1 - pod) * offsets**2).sum()
            step = score / information if information > 0 else 0.0
            if abs(step * score) < 1e-12:
                break
            slope += step
        return best, information

    def _log_likelihood(self, logits: Floats) -> float:
        return float(-np.logaddexp(0, np.where(self.found, -logits, logits)).sum())


def separated(sizes: Floats, found: Flags) -> bool:
    """Whether hits and misses do not overlap in size: no fit exists, its slope would be endless."""
    hits, misses = sizes[found], sizes[~found]
    if not len(hits) or not len(misses):
        return True
    return bool(hits.min() >= misses.max() or hits.max() <= misses.min())


def _logit(pod: float) -> float:
    return float(np.log(pod / (1 - pod)))
