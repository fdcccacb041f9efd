"""Describes which size of flaw is detected, after MIL-HDBK-1823A: a section of the report."""

from auxnet_cli.documents.scores import Figure
from auxnet_cli.documents.section import Interval, Section


class PodCurve(Section):
    """The fitted curve, from the smallest flaw to the largest."""

    size: list[float]
    pod: list[float]
    """The probability of detection at each size."""
    low: list[float]
    """Its lower one-sided 95 % bound."""


class FlawPoints(Section):
    """The flaws themselves, at most 500, evenly over the sizes."""

    size: list[float]
    found: list[bool]


class SizeBin(Section):
    """Flaws of like size."""

    low: float
    high: float
    size: float
    """Geometric mean of their sizes."""
    flaws: int
    found: int
    rate: float
    ci95: Interval


class Ceiling(Section):
    """The probability of detection that large flaws reach."""

    pod: float
    p_value: float
    """Of the hypothesis that it is 1."""


class FitTests(Section):
    """Whether the fit can be trusted."""

    size_matters: float
    """p-value of "detection does not depend on size"."""
    fit_holds: float | None
    """p-value of "the logistic curve fits" (Hosmer-Lemeshow); ``None`` with too few sizes."""
    ceiling: Ceiling


class HitMissStudy(Section):
    """A hit/miss study of flaws by one measure; figures are in ``unit``."""

    unit: str
    flaws: int
    found: int
    rate: Figure
    """Part of the flaws found, whatever their size."""
    rate_low: float
    """Its lower one-sided 95 % bound."""
    intercept: Figure
    """Of the logit on the natural logarithm of the size."""
    slope: Figure
    a50: Figure
    """Size that is found with probability 0.5."""
    a90: Figure
    """Size that is found with probability 0.9."""
    a90_95: Figure
    """Upper one-sided 95 % bound of ``a90``: likelihood ratio, corrected for few flaws."""
    curve: PodCurve | None
    tests: FitTests | None
    points: FlawPoints
    bins: list[SizeBin]
    warnings: list[str]


class FlawSizes(Section):
    """The studies of the two measures of a flaw."""

    length: HitMissStudy
    area: HitMissStudy


class Detectability(Section):
    """Which flaws are found, of whatever class.

    Both dictionaries are empty where there are no flaws, or no heads that find them.
    """

    mm_per_pixel: float | None
    """Scale of the images; without it sizes are in pixels."""
    heads: dict[str, FlawSizes]
    """By ``seg`` (a mask touches the flaw), ``det`` (a confident box overlaps it), ``any``."""
    per_class: dict[str, FlawSizes]
    """By class of the flaw, found by either head."""
