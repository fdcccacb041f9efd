"""Draws a comparison of runs as one HTML page that needs no other file."""

from auxnet_cli.documents.comparison import Comparison
from auxnet_cli.documents.section import Interval
from auxnet_cli.reports.charts.differences import Difference, differences_chart
from auxnet_cli.reports.comparison.tables import (
    COST,
    RATES,
    absent_figures,
    comparison_cautions,
    figure_keys,
    figure_title,
    precision_notes,
    runs_table,
)
from auxnet_cli.reports.folder import chart_files
from auxnet_cli.reports.formatting import interval, number, signed_interval
from auxnet_cli.reports.table import Table
from auxnet_cli.reports.templates import render

CHARTS = ("differences",)
"""Names of all charts that the page can have."""
# Only differences of these are drawn; the others stand in the table.
_DRAWN = (
    *RATES,
    "classification.accuracy",
    "classification.f1",
    "segmentation.dice",
    "segmentation.iou",
    "detection.map50",
    "detection.map",
)


def comparison_files(comparison: Comparison) -> dict[str, str]:
    """Returns ``comparison.html`` and ``figures/differences.svg``, by path in the folder."""
    changes = differences(comparison)
    first = comparison.runs[0].name
    chart = differences_chart([change for key, change in changes if key in _DRAWN], first)
    page = render(
        "comparison.html.j2",
        comparison=comparison,
        cautions=comparison_cautions(comparison),
        first=first,
        gains=[(change, gain(key, change)) for key, change in changes if change.better is not None],
        notes=precision_notes(comparison),
        chart=chart,
        run_figures=_run_figures(comparison),
        changes=_changes([change for _, change in changes], first),
        runs=runs_table(comparison),
        reasons=[
            f"{change.run}, {figure_title(key)}: {reason}"
            for change, key, reason in absent_figures(comparison)
        ],
        unreadable=comparison.unreadable,
    )
    return {**chart_files([chart] if chart else []), "comparison.html": page}


def differences(comparison: Comparison) -> list[tuple[str, Difference]]:
    """Returns all differences that exist, with the key of the figure, figure by figure."""
    return [
        (
            key,
            Difference(run.run, figure_title(key), value, figure.ci95, low_is_good, figure.better),
        )
        for key in figure_keys(comparison)
        for low_is_good in (key in RATES or key == COST,)
        for run in comparison.differences
        if (figure := run.figures.get(key)) and (value := figure.difference) is not None
    ]


def gain(key: str, difference: Difference) -> str:
    """Says a difference in words: rates and scores in percentage points, costs as they are."""
    name = difference.figure
    if name.split()[0][1:].islower() and not name.startswith("Dice"):
        name = name[0].lower() + name[1:]
    scale, form, unit = (1, "+.3g", "") if key == COST else (100, "+.1f", " percentage points")
    bounds = "no interval"
    if difference.interval is not None:
        ends = " to ".join(f"{scale * end:{form}}" for end in difference.interval)
        bounds = f"95 % interval {ends}"
    return f"{name}: {scale * difference.value:{form}}{unit}, {bounds}"


def _run_figures(comparison: Comparison) -> Table:
    """Tabulates each run's figures with their intervals."""
    runs = comparison.runs
    rows = tuple(
        (figure_title(key), *(_figure(run.figures.get(key), run.ci95[key]) for run in runs))
        for key in figure_keys(comparison)
    )
    return Table("Figures", ("Figure", *(run.name for run in runs)), rows)


def _figure(value: float | None, bounds: Interval | None) -> str:
    known = value is not None and bounds is not None
    return number(value) + (f" ({interval(bounds)})" if known else "")


def _changes(changes: list[Difference], first: str) -> Table:
    rows = tuple(
        (
            change.figure,
            change.run,
            f"{change.value:+.3f}",
            signed_interval(change.interval),
            change.outcome,
        )
        for change in changes
    )
    header = ("Figure", "Run", "Difference", "95 % interval", "The run is")
    return Table(f"Differences from {first}", header, rows)
