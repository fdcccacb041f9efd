"""A calibration in the terminal, 80 columns wide."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.formatting import count, interval, number, percent

if TYPE_CHECKING:
    from rich.console import RenderableType


def calibration_table(summary: Mapping[str, Any]) -> "RenderableType":
    """What :func:`auxnet_cli.jobs.calibrate.calibrate` gives, for a terminal."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = []
    temperature, calibration = summary["temperature"], summary["calibration"]
    if temperature is not None:
        error = "expected_calibration_error"
        parts.append(
            Text(
                f"Temperature of the class scores: {temperature['value']:.3g} (expected "
                f"calibration error {number(temperature['before'][error])} → "
                f"{number(temperature['after'][error])})."
            )
        )
    if calibration is not None:
        parts += _of_calibration(calibration)
    parts.append(Text(f"The verdict from now on: {summary['rule']}."))
    return Group(*parts)


def _of_calibration(calibration: Mapping[str, Any]) -> "list[RenderableType]":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    before = calibration["before"]
    rates = Table(title="On the validation split", **_LOOK, box=SIMPLE_HEAD)
    for index, name in enumerate(("", "Before", "Now", "Images", "95 % interval")):
        rates.add_column(name, justify="right" if index else "left")
    for key, name in _RATES.items():
        now = calibration[key]
        rates.add_row(
            name,
            percent(before[key]["value"]),
            percent(now["value"]),
            f"{count(now['hits'])} of {count(now['trials'])}",
            interval(now["ci95"], percent),
        )
    classes = Table(title="Thresholds of the fused score", **_LOOK, box=SIMPLE_HEAD)
    for index, name in enumerate(("Class", "Threshold", "Stopped", "Images", "")):
        classes.add_column(name, justify="right" if 0 < index < 4 else "left", overflow="fold")
    for name, one in calibration["per_class"].items():
        classes.add_row(
            Text(name),
            f"{one['threshold']:.4g}",
            count(one["stopped"]),
            count(one["images"]),
            "shared: too few images for its own" if one["shared"] else "",
        )
    test = calibration["test"]
    ahead = [
        f"{interval(test[key], percent)} of its {count(test[kind])} {kind} images"
        for key, kind in (("recall", "defective"), ("false_alarms", "good"))
        if test[kind]
    ]
    parts: list[RenderableType] = [rates]
    if ahead:
        parts.append(Text(f"On the test split expect that {' and '.join(ahead)} are stopped."))
    parts.append(classes)
    if calibration["groups"] < calibration["images"]:
        parts.append(
            Text(
                f"The {count(calibration['images'])} images show {count(calibration['groups'])} "
                "independent parts; the intervals count each image as one, and are too narrow.",
                style="yellow",
            )
        )
    return parts


_RATES = {"recall": "Defective, stopped", "false_alarms": "Good, stopped"}
_LOOK: dict[str, Any] = {"title_justify": "left", "title_style": "bold"}
