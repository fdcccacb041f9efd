"""The evaluation as one HTML page that needs no other file, and its drawings as SVG files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auxnet_cli.reports.evaluation.cards import cards
from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.definitions import GENERAL, definitions
from auxnet_cli.reports.evaluation.detectability_tables import (
    HEADS,
    detectability,
    detectability_per_class,
    fits_of,
)
from auxnet_cli.reports.evaluation.gallery import InspectAgain, choose, pictures
from auxnet_cli.reports.evaluation.markdown import identity
from auxnet_cli.reports.evaluation.plots import plots
from auxnet_cli.reports.evaluation.reasons import reasons
from auxnet_cli.reports.evaluation.tables import (
    by_size,
    confusion,
    cost_words,
    headline,
    heads,
    per_class,
    per_class_intervals,
    verdict,
)
from auxnet_cli.reports.folder import drawings
from auxnet_cli.reports.table import Report, Sheet
from auxnet_cli.reports.templates import render
from auxnet_cli.scoring.evidence import Evidence

_GALLERIES = {
    "misses": (
        "Worst misses",
        "Defective images that passed as good, the largest defects first.",
        "No defective image passed as good.",
    ),
    "alarms": (
        "Worst false alarms",
        "Good images that were stopped, the surest first.",
        "No good image was stopped.",
    ),
    "best": ("Best cases", "Defective images on which the findings fit best.", ""),
    "median": ("Median cases", "Defective images on which they fit as well as usual.", ""),
}
_LISTED = 30
DRAWINGS = (
    *("confusion", "precision-recall", "roc", "dice-parts", "sizes", "reliability"),
    *(f"pod-{head}-{size}" for head in HEADS for size in ("length", "area")),
)
"""Names of all drawings that a page can have."""


def report_files(
    report: Report,
    evidence: Sequence[Evidence],
    inspect_again: InspectAgain,
    classes: Sequence[str],
    settings: Mapping[str, Any],
) -> dict[str, str]:
    """``report.html`` and ``figures/*.svg``.

    Args:
        report: as in ``report.json``.
        evidence: the images that it was made from.
        inspect_again: gives the image, (height, width, 3) RGB, its true masks and its findings by
            its name; called for the few images that are shown. An ``InputError`` leaves one out.
        classes: the defect classes, in order.
        settings: of the model, to be printed; with ``decision.class_score``.

    Returns:
        The texts, by path in the report's folder.
    """
    drawn = plots(report, evidence, classes, settings)
    shown = pictures(choose(evidence), inspect_again)
    galleries = [
        {"title": title, "words": words if shown[name] else none, "cases": shown[name]}
        for name, (title, words, none) in _GALLERIES.items()
        if shown[name] or none
    ]
    found = cautions(report)
    text = render(
        "report.html.j2",
        report=report,
        classes=classes,
        cards=cards(report),
        grave=[one for one in found if one.grave],
        cautions=[one for one in found if not one.grave],
        plots=drawn,
        verdict=verdict(report),
        cost_words=cost_words(report["screening"]),
        headline=headline(report),
        confusion=confusion(report),
        per_class=per_class(report),
        by_size=by_size(report),
        intervals=per_class_intervals(report),
        detectability=detectability(report),
        detectability_per_class=detectability_per_class(report),
        no_fits=_no_fits(report),
        fit_warnings=fit_warnings(report),
        class_warnings=fit_warnings(report, "per_class"),
        heads=heads(report),
        listed=listed(report),
        galleries=galleries,
        votes=lambda image: votes(image, classes),
        shows=lambda image: [name for name, own in zip(classes, image.labels, strict=True) if own],
        identity=identity(report),
        settings=Sheet("Settings", ("Setting", "Value"), tuple(flat(settings))),
        general=GENERAL,
        definitions=[_terms(line) for line in definitions(report)],
        reasons=reasons(report),
    )
    plotted = drawings([plot for section in drawn.values() for plot in section])
    return {**plotted, "report.html": text}


def flat(settings: Mapping[str, Any], where: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings as rows of dotted name and value."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{where}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{where}{name}", ", ".join(map(str, value))
        else:
            yield f"{where}{name}", "none" if value is None else str(value)


def votes(image: Evidence, classes: Sequence[str]) -> list[tuple[str, str]]:
    """What each head holds strongest of an image: head, and class with vote."""
    return [
        (HEADS[head], f"{classes[int(own.argmax())]} {own.max():.2f}" if own.max() else "nothing")
        for head, own in image.votes.items()
    ]


def listed(report: Report) -> Sheet | None:
    """The images on which heads contradict one another, the first of them."""
    if report["agreement"] is None or not report["agreement"]["listed"]:
        return None
    own = report["agreement"]
    words = {True: "yes", False: "no", None: "-"}
    rows = tuple(
        (
            one["name"],
            one["class"],
            words[one["truth"]],
            *(words[one[head]] for head in own["heads"]),
        )
        for one in own["listed"][:_LISTED]
    )
    number = len(own["listed"])
    title = "Contradictions" + (f", the first {_LISTED} of {number}" if number > _LISTED else "")
    return Sheet(title, ("Image", "Class", "Shown", *(HEADS[head] for head in own["heads"])), rows)


def fit_warnings(report: Report, by: str = "heads") -> list[str]:
    """What the fits warn of and why they lack sizes; what holds for several stands once.

    Args:
        report: as in ``report.json``.
        by: ``heads`` or ``per_class``.
    """
    told: dict[str, list[str]] = {}
    for name, sizes in fits_of(report, by).items():
        for size, fit in sizes.items():
            absent = [fit["reasons"][key] for key in ("a50", "a90", "a90_95") if fit[key] is None]
            for text in dict.fromkeys([*fit["warnings"], *absent]):
                own = HEADS[name].capitalize() if by == "heads" else name
                told.setdefault(text, []).append(f"{own} over {size}")
    return [f"{', '.join(fits)}: {text}" for text, fits in told.items()]


def _no_fits(report: Report) -> str:
    """Why there is no fit at all, where there is none."""
    own = report["detectability"]
    if own is None:
        return str(report["reasons"]["detectability"])
    return str(own.get("reasons", {}).get("heads", ""))


def _terms(line: str) -> list[tuple[bool, str]]:
    """A definition in parts: whether one is a term, and its text."""
    parts = re.split(r"\*\*(.+?)\*\*", re.sub(r"(?<!\*)\*(\w+)\*(?!\*)", r"\1", line))
    return [(bool(place % 2), part) for place, part in enumerate(parts) if part]
