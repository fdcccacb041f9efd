import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import norm

from auxnet_cli.scoring.detectability.hit_miss import HitMiss, separated

# MIL-HDBK-1823A, "EXAMPLE 3 hm": depths of cracks in inch, those with a depth, missed and found.
MISSED = [
    0.01, 0.008, 0.01, 0.014, 0.018, 0.1, 0.025, 0.008, 0.012, 0.012, 0.006, 0.016, 0.006, 0.01,
    0.018, 0.012, 0.008, 0.012, 0.014, 0.004, 0.019, 0.01, 0.01, 0.006, 0.023, 0.01, 0.019, 0.021,
    0.012, 0.033,
]  # fmt: skip
FOUND = [
    0.043, 0.031, 0.019, 0.037, 0.019, 0.033, 0.021, 0.051, 0.018, 0.027, 0.025, 0.018, 0.027,
    0.019, 0.021, 0.016, 0.039, 0.025, 0.037, 0.047, 0.039, 0.041, 0.039, 0.021, 0.033, 0.027,
    0.029, 0.025, 0.037, 0.025, 0.023, 0.027, 0.019, 0.021, 0.031, 0.033, 0.029, 0.041, 0.076,
    0.097, 0.033, 0.062, 0.049, 0.057, 0.041, 0.049, 0.047, 0.043, 0.043, 0.049, 0.068, 0.068,
    0.045, 0.031, 0.045, 0.041, 0.058, 0.068, 0.058, 0.062, 0.053, 0.053, 0.06, 0.041, 0.064,
    0.06, 0.037, 0.049, 0.043, 0.066, 0.057, 0.084, 0.049, 0.039, 0.025, 0.021, 0.047, 0.058,
    0.058, 0.029, 0.035, 0.047, 0.055, 0.064, 0.057, 0.062, 0.049, 0.047, 0.047,
]  # fmt: skip

# The 60 flaws that POD v4.5 of the US Air Force Research Laboratory is delivered with, and its
# results for the logit model. Its size enters as it is, so here as exp(size).
AIR_FORCE = [
    0.026429706, 0.033503454, 0.053120163, 0.070630726, 0.079225089, 0.094606814, 0.095282408,
    0.102307749, 0.107649372, 0.120030103, 0.120304186, 0.130035327, 0.14030999, 0.153704356,
    0.153917693, 0.166910359, 0.181461883, 0.187918014, 0.191985489, 0.206296735, 0.22125183,
    0.22254802, 0.223172984, 0.226625926, 0.234836897, 0.240048821, 0.245869667, 0.247247879,
    0.24864422, 0.254521076, 0.259783658, 0.260924841, 0.270902464, 0.283500563, 0.284831232,
    0.28762478, 0.291295773, 0.296634941, 0.308812298, 0.319062008, 0.322503578, 0.345716849,
    0.356358449, 0.366939348, 0.392040921, 0.401791147, 0.413413202, 0.417064974, 0.425014553,
    0.427228229, 0.434310898, 0.452074355, 0.474195496, 0.5148145, 0.538676457, 0.541220773,
    0.54866743, 0.553663894, 0.604257669, 0.718182309,
]  # fmt: skip
FINE = {"xatol": 1e-9, "fatol": 1e-12}
AIR_FORCE_FOUND = [20, 28, 29, 31, 32, 33, 34, 36, *range(38, 60)]


def plain_bound(model, pod, level=0.95):
    """The handbook's bound by the likelihood ratio, which is not corrected for few flaws."""
    target, aim = np.log(pod / (1 - pod)), norm.ppf(level)
    start = (target - model.intercept) / model.slope

    def excess(log_size):
        def loss(slope):
            logits = target + slope * (model.logs - log_size)
            return np.logaddexp(0, np.where(model.detected, -logits, logits)).sum()

        held = minimize_scalar(loss, bracket=(0, model.slope), tol=1e-10).fun
        return np.sqrt(max(0.0, 2 * (model.likelihood + held))) - aim

    if model.slope <= 0 or excess(start + 30) < 0:
        return None
    return float(np.exp(brentq(excess, start, start + 30, xtol=1e-6)))


def wald_bound(model, pod, level=0.95):
    """The bound from the covariance: where the lower Wald bound of the curve is ``pod``.

    b₀ + b₁ x - z se(b₀ + b₁ x) = logit(pod), solved for x = ln(size) (Fieller's theorem).
    """
    z2 = norm.ppf(level) ** 2
    (v00, v01), (_, v11) = np.linalg.inv(model.information)
    short, a = model.intercept - np.log(pod / (1 - pod)), model.slope**2 - z2 * v11
    if model.slope <= 0 or a <= 0:
        return None
    b, c = model.slope * short - z2 * v01, short**2 - z2 * v00
    return float(np.exp((-b + np.sqrt(max(0.0, b**2 - a * c))) / a))


@pytest.fixture(scope="module")
def handbook():
    sizes = np.array(MISSED + FOUND)
    return HitMiss.fit(sizes, np.arange(len(sizes)) >= len(MISSED))


@pytest.fixture(scope="module")
def air_force():
    found = np.zeros(60, bool)
    found[AIR_FORCE_FOUND] = True
    return HitMiss.fit(np.exp(AIR_FORCE), found)


def simulated(seed, flaws=100, middle=3.0, slope=2.0):
    """Flaws whose log size is uniform around that of a50, e to the ``middle``."""
    generator = np.random.default_rng(seed)
    logs = generator.uniform(middle - 2.5, middle + 2.5, flaws)
    pod = 1 / (1 + np.exp(-slope * (logs - middle)))
    return np.exp(logs), generator.random(flaws) < pod


def test_the_handbooks_example_3_as_published(handbook):
    """Coefficients: jaspQualityControl, tests of its probability of detection, same data."""
    assert handbook.intercept == pytest.approx(17.6573206618451, rel=1e-6)
    assert handbook.slope == pytest.approx(4.39007841700679, rel=1e-6)
    assert handbook.size_at(0.9) == pytest.approx(0.02955, abs=5e-6)
    plain = plain_bound(handbook, 0.9)
    assert 0.02955 < plain < handbook.upper_bound(0.9) < wald_bound(handbook, 0.9)


def test_the_air_forces_own_program_as_published(air_force):
    assert air_force.intercept == pytest.approx(-11.83265105, rel=1e-8)
    assert air_force.slope == pytest.approx(45.30678376, rel=1e-8)
    assert np.log(air_force.size_at(0.9)) == pytest.approx(0.309663906, rel=1e-7)
    # Theirs is read from a grid of sizes.
    assert np.log(wald_bound(air_force, 0.9)) == pytest.approx(0.381546911, rel=2e-4)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_fit_is_scikit_learns(seed):
    from sklearn.linear_model import LogisticRegression

    sizes, found = simulated(seed)
    model = HitMiss.fit(sizes, found)
    other = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    other.fit(np.log(sizes)[:, None], found)
    assert model.slope == pytest.approx(other.coef_[0, 0], rel=1e-5)
    assert model.intercept == pytest.approx(other.intercept_[0], rel=1e-5)


def test_the_correction_is_that_of_general_routines(handbook):
    """r* at the bound is the normal quantile, by scipy's minimiser and numerical second slopes."""
    log_size = np.log(handbook.upper_bound(0.9))
    offsets = handbook.logs - log_size

    def loss(logit, slope):
        logits = logit + slope * offsets
        return np.logaddexp(0, np.where(handbook.detected, -logits, logits)).sum()

    def second(function, at, step=1e-3):
        return (function(at + step) - 2 * function(at) + function(at - step)) / step**2

    target = np.log(9)
    free = minimize(lambda p: loss(*p), [target, 4], method="Nelder-Mead", options=FINE)
    held = minimize(lambda p: loss(target, p[0]), [4], method="Nelder-Mead", options=FINE)
    logit, slope = free.x
    of_logit = second(lambda value: loss(value, slope), logit)
    of_slope = second(lambda value: loss(logit, value), slope)
    both = second(lambda step: loss(logit + step, slope + step), 0.0)
    cross = (both - of_logit - of_slope) / 2
    of_held = second(lambda value: loss(target, value), held.x[0])
    root = np.sqrt(2 * (held.fun - free.fun))
    scaled = (logit - target) * np.sqrt((of_logit * of_slope - cross**2) / of_held)
    assert root + np.log(scaled / root) / root == pytest.approx(1.6448536, abs=1e-3)


def test_the_lower_curve_passes_the_bound(handbook):
    for pod in (0.3, 0.9, 0.97):
        bound = handbook.upper_bound(pod)
        assert handbook.lower(np.array([bound]))[0] == pytest.approx(pod, abs=1e-6)
    sizes = np.geomspace(0.005, 0.1, 9)
    assert (handbook.lower(sizes) < handbook.pod(sizes)).all()


def test_data_that_bound_nothing():
    generator = np.random.default_rng(0)
    sizes, found = np.exp(generator.normal(size=40)), np.arange(40) % 2 == 0
    flat = HitMiss.fit(sizes, found)
    assert flat.upper_bound(0.9) is None
    falling = HitMiss.fit(sizes, sizes < np.exp(generator.normal(size=40)))
    assert falling.slope < 0
    assert falling.upper_bound(0.9) is None


def test_separated():
    sizes = np.array([1.0, 2, 3, 4])
    assert separated(sizes, sizes > 2)
    assert separated(sizes, sizes < 2)
    assert separated(sizes, sizes > 0)
    assert separated(sizes, sizes < 0)
    assert separated(np.array([1.0, 2, 2, 3]), np.array([False, False, True, True]))
    assert not separated(sizes, np.array([False, True, False, True]))


def coverage(sets, flaws, *bounds):
    """How often bounds of a90 exceed the true a90."""
    true = np.exp(3 + np.log(9) / 2)
    answers = []
    for seed in range(sets):
        sizes, found = simulated(seed, flaws)
        if not separated(sizes, found):  # else there is no answer
            model = HitMiss.fit(sizes, found)
            values = [bound(model, 0.9) for bound in bounds]
            answers.append([value is None or value > true for value in values])
    return np.mean(answers, axis=0)


def test_a90_95_exceeds_a90_in_95_percent_of_sets():
    (corrected,) = coverage(500, 100, HitMiss.upper_bound)
    assert 0.93 <= corrected <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("flaws", [60, 150, 600])
def test_coverage_over_many_sets(flaws):
    (corrected,) = coverage(4000, flaws, HitMiss.upper_bound)
    assert 0.935 <= corrected <= 0.965


@pytest.mark.slow
def test_other_bounds_cover_worse_with_few_flaws():
    """Why the report has the corrected bound: the others are too low, or higher than need be."""
    corrected, plain, wald = coverage(1500, 60, HitMiss.upper_bound, plain_bound, wald_bound)
    assert plain < 0.935 < corrected < 0.96 < wald
