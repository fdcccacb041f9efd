"""Shows a calibration in the terminal, 80 columns wide."""

from typing import TYPE_CHECKING

from auxnet_cli.reports.formatting import count, interval, number, percent
from auxnet_cli.reports.table import Document, Table

if TYPE_CHECKING:
    from rich.console import RenderableType

_RATES = {"recall": "Defective, stopped", "false_alarms": "Good, stopped"}


def calibration_table(summary: Document) -> "RenderableType":
    """Returns what ``auxnet calibrate`` shows of the summary of a calibration."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = []
    temperature, calibration = summary["temperature"], summary["calibration"]
    if temperature is not None:
        before, after = (
            number(temperature[when]["expected_calibration_error"]) for when in ("before", "after")
        )
        parts.append(
            Text(
                f"Temperature of the class scores: {temperature['value']:.3g} (expected "
                f"calibration error {before} → {after})."
            )
        )
    if calibration is not None:
        parts.append(_rates(calibration).to_rich())
        if expected := _expected_on_test(calibration["test"]):
            parts.append(Text(expected))
        thresholds = _thresholds(calibration).to_rich()
        thresholds.columns[-1].justify = "left"
        parts.append(thresholds)
        if calibration["groups"] < calibration["images"]:
            warning = (
                f"The {count(calibration['images'])} images show {count(calibration['groups'])} "
                "independent parts; the intervals count each image as one, and are too narrow."
            )
            parts.append(Text(warning, style="yellow"))
    return Group(*parts, Text(f"The verdict from now on: {summary['rule']}."))


def _rates(calibration: Document) -> Table:
    rows = tuple(
        (
            name,
            percent(calibration["before"][key]["value"]),
            percent(calibration[key]["value"]),
            f"{count(calibration[key]['hits'])} of {count(calibration[key]['trials'])}",
            interval(calibration[key]["ci95"], percent),
        )
        for key, name in _RATES.items()
    )
    header = ("", "Before", "Now", "Images", "95 % interval")
    return Table("On the validation split", header, rows)


def _expected_on_test(test: Document) -> str:
    """Says what to expect on the test split; empty if it has no images."""
    expected = [
        f"{interval(test[key], percent)} of its {count(test[kind])} {kind} images"
        for key, kind in (("recall", "defective"), ("false_alarms", "good"))
        if test[kind]
    ]
    if not expected:
        return ""
    return f"On the test split expect that {' and '.join(expected)} are stopped."


def _thresholds(calibration: Document) -> Table:
    rows = tuple(
        (
            name,
            f"{threshold['threshold']:.4g}",
            count(threshold["stopped"]),
            count(threshold["images"]),
            "shared: too few images for its own" if threshold["shared"] else "",
        )
        for name, threshold in calibration["per_class"].items()
    )
    header = ("Class", "Threshold", "Stopped", "Images", "")
    return Table("Thresholds of the fused score", header, rows)
