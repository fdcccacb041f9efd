"""All drawings of an evaluation report, by the section that they stand in."""

from collections.abc import Mapping, Sequence
from typing import Any

from auxnet_cli.reports.charts.canvas import Plot
from auxnet_cli.reports.charts.confusion import confusion_plot
from auxnet_cli.reports.charts.detection_probability import detection_probability_plots
from auxnet_cli.reports.charts.dice_parts import dice_parts_plot
from auxnet_cli.reports.charts.ranking import ranking_plots
from auxnet_cli.reports.charts.reliability import reliability_plot
from auxnet_cli.reports.charts.sizes import size_plot, size_steps
from auxnet_cli.reports.evaluation.detectability_tables import fits_of
from auxnet_cli.reports.table import Report
from auxnet_cli.scoring.evidence import Evidence


def plots(
    report: Report,
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    settings: Mapping[str, Any],
) -> dict[str, list[Plot]]:
    """Draw what the report's sections allow.

    Args:
        report: as in ``report.json``.
        evidence: the images that it was made from.
        classes: their names.
        settings: those of the model; ``decision.class_score`` is marked on the curves.

    Returns:
        The drawings of ``confusion``, ``classification``, ``segmentation``, ``sizes``,
        ``detectability`` and ``reliability``; an empty list where there is nothing to draw.
    """
    drawn: dict[str, list[Plot]] = {
        name: [] for name in ("confusion", "classification", "segmentation")
    }
    if report["classification"] is not None:
        drawn["confusion"] = [confusion_plot(report["classification"]["confusion"])]
        threshold = float(settings["decision"]["class_score"])
        drawn["classification"] = ranking_plots(evidence, classes, threshold)
    if report["segmentation"] is not None:
        drawn["segmentation"] = [dice_parts_plot(report["segmentation"]["per_class"])]
    scale = (report["detectability"] or {}).get("mm_per_pixel")
    found = size_plot(size_steps(evidence, scale or 1.0), "mm" if scale else "px")
    drawn["sizes"] = [] if found is None else [found]
    drawn["detectability"] = detection_probability_plots(fits_of(report, "heads"))
    reliability = report["reliability"]
    diagram = None if reliability is None else reliability_plot(reliability)
    drawn["reliability"] = [] if diagram is None else [diagram]
    return drawn
