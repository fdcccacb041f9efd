"""Draws the report of an evaluation as one HTML page that needs no other file."""

import re
from collections.abc import Iterator, Sequence

from auxnet_cli.reports.charts.bars import dice_parts_chart, length_bins, length_chart
from auxnet_cli.reports.charts.chart import Chart
from auxnet_cli.reports.charts.confusion import confusion_chart
from auxnet_cli.reports.charts.detection_probability import detection_probability_charts
from auxnet_cli.reports.charts.ranking import ranking_charts
from auxnet_cli.reports.charts.reliability import reliability_chart
from auxnet_cli.reports.evaluation import class_tables, tables
from auxnet_cli.reports.evaluation.cards import cards
from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.explanations import GENERAL, definitions, reasons
from auxnet_cli.reports.evaluation.gallery import GALLERIES, InspectAgain, choose, draw_cases
from auxnet_cli.reports.evaluation.tables import HEADS, fits_by
from auxnet_cli.reports.folder import chart_files
from auxnet_cli.reports.table import Document, Table
from auxnet_cli.reports.templates import render
from auxnet_cli.scoring.evidence import Evidence

CHARTS = (
    *("confusion", "precision-recall", "roc", "dice-parts", "sizes", "reliability"),
    *(f"pod-{head}-{size}" for head in HEADS for size in ("length", "area")),
)
"""Names of all charts that a page can have."""


def report_files(
    report: Document,
    evidence: Sequence[Evidence],
    inspect_again: InspectAgain,
    classes: Sequence[str],
    settings: Document,
) -> dict[str, str]:
    """Returns ``report.html`` and ``figures/*.svg``, by path in the report's folder.

    Args:
        report: as in ``report.json``.
        evidence: the images that the report was made from.
        inspect_again: called for the few images that are shown.
        classes: the defect classes, in order.
        settings: those of the model that are printed; ``decision.class_score`` is marked on curves.
    """
    charts = _charts(report, evidence, classes, settings)
    cases = draw_cases(choose(evidence), inspect_again)
    warnings = cautions(report)
    page = render(
        "report.html.j2",
        report=report,
        cards=cards(report),
        grave=[caution for caution in warnings if caution.grave],
        cautions=[caution for caution in warnings if not caution.grave],
        charts=charts,
        tables=tables,
        class_tables=class_tables,
        settings=Table("Settings", ("Setting", "Value"), tuple(flatten(settings))),
        no_fits=_no_fits(report),
        fit_warnings=fit_warnings,
        galleries=[
            {"title": title, "text": text if cases[name] else if_empty, "cases": cases[name]}
            for name, (title, text, if_empty) in GALLERIES.items()
            if cases[name] or if_empty
        ],
        strongest_votes=lambda image: strongest_votes(image, classes),
        shown_classes=lambda image: [
            name for name, shown in zip(classes, image.labels, strict=True) if shown
        ],
        general=GENERAL,
        definitions=[_split_terms(line) for line in definitions(report)],
        reasons=reasons(report),
    )
    files = chart_files([chart for section in charts.values() for chart in section])
    return {**files, "report.html": page}


def _charts(
    report: Document, evidence: Sequence[Evidence], classes: Sequence[str], settings: Document
) -> dict[str, list[Chart]]:
    """Draws the charts of the sections that a report has, by the place on the page."""
    charts: dict[str, list[Chart]] = {"confusion": [], "ranking": [], "dice_parts": []}
    if report["classification"] is not None:
        charts["confusion"] = [confusion_chart(report["classification"]["confusion"])]
        threshold = float(settings["decision"]["class_score"])
        charts["ranking"] = ranking_charts(evidence, classes, threshold)
    if report["segmentation"] is not None:
        charts["dice_parts"] = [dice_parts_chart(report["segmentation"]["per_class"])]
    scale = (report["detectability"] or {}).get("mm_per_pixel")
    lengths = length_chart(length_bins(evidence, scale or 1.0), "mm" if scale else "px")
    charts["sizes"] = [] if lengths is None else [lengths]
    charts["detectability"] = detection_probability_charts(fits_by(report, "heads"))
    reliability = report["reliability"]
    diagram = None if reliability is None else reliability_chart(reliability)
    charts["reliability"] = [] if diagram is None else [diagram]
    return charts


def flatten(settings: Document, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yields nested settings as dotted names and values."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{name}", "none" if value is None else str(value)


def strongest_votes(image: Evidence, classes: Sequence[str]) -> list[tuple[str, str]]:
    """Returns each head with the class that it votes for most strongly on an image.

    The novelty, which is of no class, comes with its value.
    """
    return [
        (
            HEADS.get(voter, voter),
            f"{classes[int(votes.argmax())] if voter in HEADS else ''} {votes.max():.2f}".strip()
            if votes.max()
            else "nothing",
        )
        for voter, votes in image.votes.items()
    ]


def fit_warnings(report: Document, grouping: str) -> list[str]:
    """Returns what the fits by ``heads`` or ``per_class`` warn of, and why they lack sizes.

    A text that several fits have in common is given once.
    """
    fits_by_text: dict[str, list[str]] = {}
    for name, fits in fits_by(report, grouping).items():
        title = HEADS[name].capitalize() if grouping == "heads" else name
        for size, fit in fits.items():
            absent = [fit["reasons"][key] for key in ("a50", "a90", "a90_95") if fit[key] is None]
            for text in dict.fromkeys([*fit["warnings"], *absent]):
                fits_by_text.setdefault(text, []).append(f"{title} over {size}")
    return [f"{', '.join(fits)}: {text}" for text, fits in fits_by_text.items()]


def _no_fits(report: Document) -> str:
    """Returns why there is no fit at all; empty if there is one."""
    section = report["detectability"]
    if section is None:
        return str(report["reasons"]["detectability"])
    return str(section.get("reasons", {}).get("heads", ""))


def _split_terms(line: str) -> list[tuple[bool, str]]:
    """Splits a definition into parts: whether a part is a term, and its text."""
    parts = re.split(r"\*\*(.+?)\*\*", re.sub(r"(?<!\*)\*(\w+)\*(?!\*)", r"\1", line))
    return [(bool(index % 2), part) for index, part in enumerate(parts) if part]
