"""A comparison of runs as one HTML page that needs no other file."""

from collections.abc import Mapping, Sequence
from typing import Any

from auxnet_cli.reports.charts.differences import Difference, differences_plot
from auxnet_cli.reports.evaluation.provenance import comparison_cautions
from auxnet_cli.reports.evaluation.tables import HEADLINES, SIZES
from auxnet_cli.reports.folder import drawings
from auxnet_cli.reports.formatting import ABSENT, count, interval, number, precision_of
from auxnet_cli.reports.table import Sheet
from auxnet_cli.reports.templates import render

COST = "screening.cost"
_RATES = {
    "screening.escape_rate": "Escape rate",
    "screening.false_alarm_rate": "False-alarm rate",
}
TITLES = {
    **_RATES,
    COST: "Cost of an image",
    **{
        f"{section}.{key}": title
        for section, names in HEADLINES.items()
        for key, title in names.items()
    },
    **{f"detection.{key}": f"mAP, {title} defects" for key, title in SIZES.items()},
}
DRAWINGS = ("differences",)
"""Names of all drawings that the page can have."""
FALLING = {*_RATES, COST}
# Differences of these are drawn; the others stand in the table.
_DRAWN = (
    *_RATES,
    "classification.accuracy",
    "classification.f1",
    "segmentation.dice",
    "segmentation.iou",
    "detection.map50",
    "detection.map",
)


def comparison_files(document: Mapping[str, Any]) -> dict[str, str]:
    """``comparison.html`` and ``figures/differences.svg``.

    Args:
        document: as in ``comparison.json``.

    Returns:
        The texts, by path in the comparison's folder.
    """
    found = differences(document)
    first = document["runs"][0]["name"]
    drawn = differences_plot([one for key, one in found if key in _DRAWN], first)
    text = render(
        "comparison.html.j2",
        comparison=document,
        cautions=comparison_cautions(document),
        first=first,
        told=[(one, gain(key, one)) for key, one in found if one.better is not None],
        notes=precision_notes(document),
        drawn=drawn,
        figures=_figures(document),
        changes=_changes(document),
        runs=runs_sheet(document["runs"]),
        reasons=absent(document),
        unreadable=document["unreadable"],
    )
    return {**drawings([drawn] if drawn else []), "comparison.html": text}


def differences(document: Mapping[str, Any]) -> list[tuple[str, Difference]]:
    """All differences that exist, figure by figure, with the figure's key."""
    return [
        (
            key,
            Difference(
                own["run"],
                title(key),
                own["figures"][key]["difference"],
                _pair(own["figures"][key]["ci95"]),
                key in FALLING,
                own["figures"][key]["better"],
            ),
        )
        for key in _keys(document)
        for own in document["differences"]
        if key in own["figures"] and own["figures"][key]["difference"] is not None
    ]


def gain(key: str, one: Difference) -> str:
    """A difference in a sentence: rates and scores in percentage points, costs as they are."""
    name = one.figure
    if name.split()[0][1:].islower() and not name.startswith("Dice"):
        name = name[0].lower() + name[1:]
    scale, write, unit = (1, "+.3g", "") if key == COST else (100, "+.1f", " percentage points")
    if one.interval is None:
        bounds = "no interval"
    else:
        bounds = "95 % interval " + " to ".join(f"{scale * end:{write}}" for end in one.interval)
    return f"{name}: {scale * one.value:{write}}{unit}, {bounds}"


def precision_notes(document: Mapping[str, Any]) -> list[str]:
    """The runs whose mean precision leaves classes out."""
    return [
        f"Precision of {run['name']}: {precision_of(run['precision_classes'], run['classes'])}."
        for run in document["runs"]
        if 0 < run.get("precision_classes", 0) < run["classes"]
    ]


def absent(document: Mapping[str, Any]) -> list[str]:
    """Why differences and their intervals do not exist."""
    return [
        f"{own['run']}, {title(key)}: {reason}"
        for own in document["differences"]
        for key, figure in own["figures"].items()
        for reason in dict.fromkeys(figure.get("reasons", {}).values())
    ]


def title(key: str) -> str:
    """What a figure is called; one that has no title keeps its key."""
    return TITLES.get(key, key.replace(".", ", ").replace("_", " "))


def _keys(document: Mapping[str, Any]) -> list[str]:
    """The figures of any run: those of the headlines first and in their order."""
    present = dict.fromkeys(key for run in document["runs"] for key in run["figures"])
    return [key for key in TITLES if key in present] + [key for key in present if key not in TITLES]


def _pair(bounds: Sequence[float] | None) -> tuple[float, float] | None:
    return None if bounds is None else (bounds[0], bounds[1])


def _figures(document: Mapping[str, Any]) -> Sheet:
    """Each run's figures with their intervals."""
    rows = tuple(
        (title(key), *(_with_interval(run, key) for run in document["runs"]))
        for key in _keys(document)
    )
    return Sheet("Figures", ("Figure", *(run["name"] for run in document["runs"])), rows)


def _with_interval(run: Mapping[str, Any], key: str) -> str:
    value = run["figures"].get(key)
    if value is None:
        return ABSENT
    bounds = run["ci95"].get(key)
    return number(value) if bounds is None else f"{number(value)} ({interval(bounds)})"


def _changes(document: Mapping[str, Any]) -> Sheet:
    rows = tuple(
        (
            one.figure,
            one.run,
            f"{one.value:+.3f}",
            ABSENT if one.interval is None else "{:+.3f} to {:+.3f}".format(*one.interval),
            one.finding,
        )
        for _, one in differences(document)
    )
    header = ("Figure", "Run", "Difference", "95 % interval", "The run is")
    return Sheet(f"Differences from {document['runs'][0]['name']}", header, rows)


def runs_sheet(runs: Sequence[Mapping[str, Any]]) -> Sheet:
    """What was compared: the runs, each with the rule of its verdict."""
    rows = tuple(
        (
            run["name"],
            ", ".join(run["tasks"]),
            count(run["parameters"]),
            run["dataset"]["name"],
            run["threshold_rule"],
            run["sha256"],
        )
        for run in runs
    )
    header = ("Run", "Tasks", "Parameters", "Trained on", "Verdict", "Model, SHA-256")
    return Sheet("Runs", header, rows)
