"""A comparison of runs as one HTML page that needs no other file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auxnet_cli.files import write_text
from auxnet_cli.reports.figures.differences import Difference, differences_plot
from auxnet_cli.reports.page import write_figures
from auxnet_cli.reports.sheets import ABSENT, HEADLINES, SIZES, Sheet, count, interval, number
from auxnet_cli.reports.templates import render

_RATES = {
    "screening.escape_rate": "Escape rate",
    "screening.false_alarm_rate": "False-alarm rate",
}
TITLES = {
    **_RATES,
    "screening.cost": "Cost of an image",
    **{
        f"{section}.{key}": title
        for section, names in HEADLINES.items()
        for key, title in names.items()
    },
    **{f"detection.{key}": f"mAP, {title} defects" for key, title in SIZES.items()},
}
FALLING = {*_RATES, "screening.cost"}
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


def write_comparison(folder: Path, document: Mapping[str, Any]) -> None:
    """Write ``comparison.html`` and ``figures/differences.svg``.

    Args:
        folder: where to.
        document: as in ``comparison.json``.
    """
    found = differences(document)
    first = document["runs"][0]["name"]
    drawn = differences_plot([one for key, one in found if key in _DRAWN], first)
    write_figures(folder, [drawn] if drawn else [])
    text = render(
        "comparison.html.j2",
        comparison=document,
        first=first,
        told=[(key, one) for key, one in found if one.better is not None],
        drawn=drawn,
        figures=_figures(document),
        changes=_changes(document),
        runs=_runs(document["runs"]),
        reasons=absent(document),
        unreadable=document["unreadable"],
    )
    write_text(folder / "comparison.html", text)


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


def _runs(runs: Sequence[Mapping[str, Any]]) -> Sheet:
    rows = tuple(
        (run["name"], ", ".join(run["tasks"]), count(run["parameters"]), run["sha256"])
        for run in runs
    )
    return Sheet("Runs", ("Run", "Tasks", "Parameters", "Model, SHA-256"), rows)
