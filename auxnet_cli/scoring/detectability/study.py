"""A hit/miss study: what can be said of flaws of known size that were found or missed."""

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.detectability.goodness_of_fit import (
    SIGNIFICANT,
    Ceiling,
    ceiling,
    hosmer_lemeshow,
    size_groups,
    size_matters,
)
from auxnet_cli.scoring.detectability.hit_miss import HitMiss, separated
from auxnet_cli.scoring.evidence import Flags, Floats
from auxnet_cli.scoring.figure import Figure, ratio
from auxnet_cli.scoring.intervals.rates import clopper_pearson

ENOUGH = 60
"""Flaws that MIL-HDBK-1823A asks of a hit/miss study."""
FEW = 5
"""Hits and misses that a fit needs at least."""
FAR = 10
"""Times the largest flaw: a size beyond is no figure but an extrapolation gone wild."""
CURVE = 50
"""Sizes at which the curve is computed."""
SHOWN = 500
"""Flaws that are listed at most."""
SIZES = {"a50": "a50", "a90": "a90", "a90_95": "a90/95"}
"""The fitted sizes, as they are written."""


def study(sizes: Floats, detected: Flags, unit: str) -> Entries:
    """Studies flaws by one measure.

    Args:
        sizes: (flaws,); those of size 0 are left out.
        detected: (flaws,) bool.
        unit: of the sizes.

    Returns:
        The entries of :class:`auxnet_cli.documents.detectability.HitMissStudy`.
    """
    kept = sizes > 0
    warnings = _without_extent(int((~kept).sum()))
    sizes, detected = sizes[kept], detected[kept]
    flaws, hits = len(sizes), int(detected.sum())
    head = {
        "unit": unit,
        "flaws": flaws,
        "found": hits,
        "rate": ratio(hits, flaws, "no flaw was inspected"),
        "rate_low": clopper_pearson(hits, flaws, 0.9)[0],
    }
    tail = {"points": _points(sizes, detected), "bins": _bins(sizes, detected)}
    refusal = _refusal(sizes, detected)
    if refusal:
        names = ("intercept", "slope", *SIZES, "curve", "tests")
        return {**head, **dict.fromkeys(names, Missing(refusal)), **tail, "warnings": warnings}
    model = HitMiss.fit(sizes, detected)
    p_size, p_holds, top = size_matters(model), hosmer_lemeshow(model), ceiling(model)
    largest = float(sizes.max())
    fitted = _within(_fitted_sizes(model, p_size, top), largest, unit)
    across = np.geomspace(sizes.min(), largest, CURVE)
    return {
        **head,
        "intercept": model.intercept,
        "slope": model.slope,
        **fitted,
        "curve": {
            "size": across.tolist(),
            "pod": model.pod(across).tolist(),
            "low": model.lower(across).tolist(),
        },
        "tests": {"size_matters": p_size, "fit_holds": p_holds, "ceiling": top._asdict()},
        **tail,
        "warnings": [
            *warnings,
            *_of_the_fit(flaws, p_holds, top),
            *_extrapolated(fitted, largest, unit),
        ],
    }


def _without_extent(flaws: int) -> list[str]:
    what = "flaw without extent is" if flaws == 1 else "flaws without extent are"
    return [f"{flaws} {what} left out."] if flaws else []


def _refusal(sizes: Floats, detected: Flags) -> str | None:
    """Returns why no model can be fitted, if none can."""
    flaws, hits = len(sizes), int(detected.sum())
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
    if separated(sizes, detected):
        return "found and missed flaws do not overlap in size, so the curve is not determined"
    return None


def _fitted_sizes(model: HitMiss, p_size: float, top: Ceiling) -> dict[str, Figure]:
    """Returns a50, a90 and a90/95, or why the model cannot give them."""
    if model.slope <= 0:
        return dict.fromkeys(SIZES, Missing("larger flaws are not found more often"))
    if p_size > SIGNIFICANT:
        reason = f"detection does not depend on size (p = {p_size:.2f})"
        return dict.fromkeys(SIZES, Missing(reason))
    a50 = model.size_at(0.5)
    if top.p_value <= SIGNIFICANT and top.pod < 0.9:
        capped = Missing(f"detection levels off at {top.pod:.0%}, below 90 %")
        return {"a50": a50, "a90": capped, "a90_95": capped}
    bound = model.upper_bound(0.9)
    unbounded = Missing("the data set the size no upper bound")
    return {
        "a50": a50,
        "a90": model.size_at(0.9),
        "a90_95": unbounded if bound is None else bound,
    }


def _within(fitted: dict[str, Figure], largest: float, unit: str) -> dict[str, Figure]:
    """Returns the sizes, without those that lie far beyond all flaws."""
    return {
        name: Missing(f"{SIZES[name]} lies far beyond the largest flaw ({largest:.3g} {unit})")
        if not isinstance(size, Missing) and size > FAR * largest
        else size
        for name, size in fitted.items()
    }


def _of_the_fit(flaws: int, p_holds: float | None, top: Ceiling) -> list[str]:
    """Returns what a reader must know of a fit."""
    warnings = []
    if flaws < ENOUGH:
        # A fit has ten flaws at least: no singular.
        warnings.append(f"{flaws} flaws: MIL-HDBK-1823A asks for at least {ENOUGH}.")
    if top.p_value <= SIGNIFICANT:
        warnings.append(
            f"Detection never reaches 1: it levels off at about {top.pod:.0%} "
            f"({_p(top.p_value)}), so large flaws are missed, too. The curve overstates it."
        )
    if p_holds is not None and p_holds <= SIGNIFICANT:
        warnings.append(
            f"The logistic curve does not fit the data (Hosmer-Lemeshow, {_p(p_holds)}): "
            "read the observed rates instead."
        )
    return warnings


def _extrapolated(fitted: dict[str, Figure], largest: float, unit: str) -> list[str]:
    """Returns a warning where a50, a90 or the bound of a90 lies beyond all flaws."""
    beyond = [
        SIZES[name]
        for name, size in fitted.items()
        if not isinstance(size, Missing) and size > largest
    ]
    if not beyond:
        return []
    *most, last = beyond
    who = f"{', '.join(most)} and {last} are" if most else f"{last} is"
    return [f"{who} beyond the largest flaw ({largest:.3g} {unit}): extrapolated."]


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _points(sizes: Floats, detected: Flags) -> Entries:
    order = np.lexsort((detected, sizes))
    if len(order) > SHOWN:
        order = order[np.linspace(0, len(order) - 1, SHOWN).round().astype(int)]
    return {"size": sizes[order].tolist(), "found": detected[order].tolist()}


def _bins(sizes: Floats, detected: Flags) -> list[Entries]:
    if not len(sizes):
        return []
    groups = size_groups(sizes, min(10, max(1, len(sizes) // 5)))
    return [_bin(sizes[groups == group], detected[groups == group]) for group in np.unique(groups)]


def _bin(sizes: Floats, detected: Flags) -> Entries:
    flaws, hits = len(sizes), int(detected.sum())
    return {
        "low": float(sizes.min()),
        "high": float(sizes.max()),
        "size": float(np.exp(np.log(sizes).mean())),
        "flaws": flaws,
        "found": hits,
        "rate": hits / flaws,
        "ci95": clopper_pearson(hits, flaws),
    }
