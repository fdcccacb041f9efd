"""A hit/miss study: what can be said of flaws of known size that were found or missed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.scoring.detectability.goodness_of_fit import (
    SIGNIFICANT,
    Ceiling,
    ceiling,
    hosmer_lemeshow,
    size_groups,
    size_matters,
)
from auxnet_cli.scoring.detectability.hit_miss import HitMiss, separated
from auxnet_cli.scoring.figure import Figure, Missing, section
from auxnet_cli.scoring.intervals.interval import clopper_pearson

ENOUGH = 60
"""Flaws that MIL-HDBK-1823A asks of a hit/miss study."""
FEW = 5
"""Hits and misses that a fit needs at least."""
FAR = 10
"""Times the largest flaw: a size beyond is no figure but an extrapolation gone wild."""
CURVE = 50
SHOWN = 500
WRITTEN = {"a50": "a50", "a90": "a90", "a90_95": "a90/95"}
"""The figures that a reader is shown, as they are written."""
FIGURES = ("intercept", "slope", "a50", "a90", "a90_95", "a90_95_plain", "a90_95_wald")


def study(sizes: NDArray[np.float64], found: NDArray[np.bool_], unit: str) -> dict[str, Any]:
    """A hit/miss study of flaws of one measure.

    Args:
        sizes: (flaws,); those of size 0 are left out.
        found: (flaws,) bool.
        unit: of the sizes.

    Returns:
        - unit, flaws, found, rate, and ``rate_low``: the lower one-sided 95 % bound of the rate
        - intercept, slope: of the logit on the natural logarithm of the size
        - a50, a90: sizes found with probability 0.5 and 0.9
        - a90_95: the upper 95 % confidence bound of a90, by the likelihood ratio corrected for few
          flaws; a90_95_plain: without the correction; a90_95_wald: from the covariance
        - curve: ``size``, ``pod`` and its lower 95 % bound ``low``; ``None`` without a fit
        - points: ``size`` and ``found`` of the flaws, at most 500, evenly over the sizes
        - bins: groups of flaws of like size, each ``low``, ``high``, ``size`` (geometric mean),
          ``flaws``, ``found``, ``rate``, ``ci95``
        - tests: ``size_matters`` and ``fit_holds`` (p-values), ``ceiling`` (``pod``, ``p_value``)
        - warnings: sentences; reasons: why figures are ``None``
    """
    kept = sizes > 0
    left_out = int((~kept).sum())
    sizes, found = sizes[kept], found[kept]
    flaws, hits = len(sizes), int(found.sum())
    warnings = [_without_extent(left_out)] if left_out else []
    head = {
        "unit": unit,
        "flaws": flaws,
        "found": hits,
        "rate": hits / flaws if flaws else Missing("no flaw was inspected"),
        "rate_low": clopper_pearson(hits, flaws, 0.9)[0],
    }
    tail = {"points": _points(sizes, found), "bins": _bins(sizes, found)}
    refusal = _refusal(sizes, found)
    if refusal:
        absent = dict.fromkeys((*FIGURES, "curve", "tests"), Missing(refusal))
        return section(**head, **absent, **tail, warnings=warnings)
    model = HitMiss.fit(sizes, found)
    p_size, p_holds, top = size_matters(model), hosmer_lemeshow(model), ceiling(model)
    warnings += _warnings(flaws, p_holds, top)
    figures = _within(_figures(model, p_size, top), float(sizes.max()), unit)
    warnings += _beyond(figures, float(sizes.max()), unit)
    across = np.geomspace(sizes.min(), sizes.max(), CURVE)
    curve = {
        "size": across.tolist(),
        "pod": model.pod(across).tolist(),
        "low": model.lower(across).tolist(),
    }
    tests = {
        "size_matters": p_size,
        "fit_holds": p_holds,
        "ceiling": {"pod": top.pod, "p_value": top.p_value},
    }
    return section(**head, **figures, curve=curve, tests=tests, **tail, warnings=warnings)


def _without_extent(flaws: int) -> str:
    return f"{flaws} flaw{' without extent is' if flaws == 1 else 's without extent are'} left out."


def _refusal(sizes: NDArray[np.float64], found: NDArray[np.bool_]) -> str | None:
    """Why no model can be fitted, if none can."""
    flaws, hits = len(sizes), int(found.sum())
    if not flaws:
        return "no flaw was inspected"
    if min(hits, flaws - hits) < FEW:
        return (
            f"{hits} of {flaws} flaw{'' if flaws == 1 else 's'} {'was' if hits == 1 else 'were'} "
            f"found: a curve needs at least {FEW} that were found and "
            f"{FEW} that were missed"
        )
    if sizes.min() == sizes.max():
        return "all flaws have one size"
    if separated(sizes, found):
        return "found and missed flaws do not overlap in size, so the curve is not determined"
    return None


def _figures(model: HitMiss, p_size: float, top: Ceiling) -> dict[str, Figure]:
    """The model's figures; those that it cannot give are missing, with the reason."""
    fitted: dict[str, Figure] = {"intercept": model.intercept, "slope": model.slope}
    if model.slope <= 0:
        reason = "larger flaws are not found more often"
    elif p_size > SIGNIFICANT:
        reason = f"detection does not depend on size (p = {p_size:.2f})"
    else:
        fitted["a50"] = model.size_at(0.5)
        levels_off = top.p_value <= SIGNIFICANT and top.pod < 0.9
        if levels_off:
            capped = Missing(f"detection levels off at {top.pod:.0%}, below 90 %")
            return fitted | dict.fromkeys(FIGURES[3:], capped)
        unbounded = Missing("the data set the size no upper bound")
        bounds = (
            model.likelihood_bound(0.9),
            model.likelihood_bound(0.9, corrected=False),
            model.wald_bound(0.9),
        )
        told = [unbounded if bound is None else bound for bound in bounds]
        return dict(zip(FIGURES, (*fitted.values(), model.size_at(0.9), *told), strict=True))
    return fitted | dict.fromkeys(FIGURES[2:], Missing(reason))


def _warnings(flaws: int, p_holds: float | None, top: Ceiling) -> list[str]:
    """What a reader must know of a fit."""
    said = []
    if flaws < ENOUGH:
        # A fit has ten flaws at least: no singular.
        said.append(f"{flaws} flaws: MIL-HDBK-1823A asks for at least {ENOUGH}.")
    if top.p_value <= SIGNIFICANT:
        said.append(
            f"Detection never reaches 1: it levels off at about {top.pod:.0%} "
            f"({_p(top.p_value)}), so large flaws are missed, too. The curve overstates it."
        )
    if p_holds is not None and p_holds <= SIGNIFICANT:
        said.append(
            f"The logistic curve does not fit the data (Hosmer-Lemeshow, {_p(p_holds)}): "
            "read the observed rates instead."
        )
    return said


def _within(figures: dict[str, Figure], largest: float, unit: str) -> dict[str, Figure]:
    """The figures, without sizes that lie far beyond all flaws."""
    return {
        name: Missing(
            f"{WRITTEN.get(name, name)} lies far beyond the largest flaw ({largest:.3g} {unit})"
        )
        if name in FIGURES[2:] and not isinstance(value, Missing) and value > FAR * largest
        else value
        for name, value in figures.items()
    }


def _beyond(figures: dict[str, Figure], largest: float, unit: str) -> list[str]:
    """A warning where a50, a90 or the bound of a90 lies beyond all flaws."""
    beyond = [
        written
        for name, written in WRITTEN.items()
        if not isinstance(value := figures[name], Missing) and value > largest
    ]
    if not beyond:
        return []
    *most, last = beyond
    who = f"{', '.join(most)} and {last} are" if most else f"{last} is"
    return [f"{who} beyond the largest flaw ({largest:.3g} {unit}): extrapolated."]


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _points(sizes: NDArray[np.float64], found: NDArray[np.bool_]) -> dict[str, list[Any]]:
    order = np.lexsort((found, sizes))
    if len(order) > SHOWN:
        order = order[np.linspace(0, len(order) - 1, SHOWN).round().astype(int)]
    return {"size": sizes[order].tolist(), "found": found[order].tolist()}


def _bins(sizes: NDArray[np.float64], found: NDArray[np.bool_]) -> list[dict[str, Any]]:
    if not len(sizes):
        return []
    groups = size_groups(sizes, min(10, max(1, len(sizes) // 5)))
    bins = []
    for group in range(groups.max() + 1):
        own, hits = sizes[groups == group], int(found[groups == group].sum())
        bins.append(
            {
                "low": float(own.min()),
                "high": float(own.max()),
                "size": float(np.exp(np.log(own).mean())),
                "flaws": len(own),
                "found": hits,
                "rate": hits / len(own),
                "ci95": list(clopper_pearson(hits, len(own))),
            }
        )
    return bins
