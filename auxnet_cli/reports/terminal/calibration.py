"""Shows a calibration in the terminal, 80 columns wide."""

from rich.console import Group, RenderableType
from rich.text import Text

from auxnet_cli.documents.calibration import CalibrationResult, FittedCalibration, TestForecast
from auxnet_cli.reports.formatting import count, interval, number, percent
from auxnet_cli.reports.table import Table


def calibration_table(summary: CalibrationResult) -> RenderableType:
    """Returns what ``auxnet calibrate`` shows."""
    parts: list[RenderableType] = []
    temperature, calibration = summary.temperature, summary.calibration
    if temperature is not None:
        before, after = (
            number(errors.expected_calibration_error)
            for errors in (temperature.before, temperature.after)
        )
        parts.append(
            Text(
                f"Temperature of the class scores: {temperature.value:.3g} (expected "
                f"calibration error {before} → {after})."
            )
        )
    if calibration is not None:
        parts.append(_rates(calibration).to_rich())
        if expected := _expected_on_test(calibration.test):
            parts.append(Text(expected))
        thresholds = _thresholds(calibration).to_rich()
        thresholds.columns[-1].justify = "left"
        parts.append(thresholds)
        if calibration.groups < calibration.images:
            warning = (
                f"The {count(calibration.images)} images show {count(calibration.groups)} "
                "independent parts; the intervals count each image as one, and are too narrow."
            )
            parts.append(Text(warning, style="yellow"))
    return Group(*parts, Text(f"The verdict from now on: {summary.rule}."))


def _rates(calibration: FittedCalibration) -> Table:
    before = calibration.before
    rows = tuple(
        (
            name,
            percent(earlier.value),
            percent(rate.value),
            f"{count(rate.hits)} of {count(rate.trials)}",
            interval(rate.ci95, percent),
        )
        for name, earlier, rate in (
            ("Defective, stopped", before.recall, calibration.recall),
            ("Good, stopped", before.false_alarms, calibration.false_alarms),
        )
    )
    header = ("", "Before", "Now", "Images", "95 % interval")
    return Table("On the validation split", header, rows)


def _expected_on_test(test: TestForecast) -> str:
    """Says what to expect on the test split; empty if it has no images."""
    expected = [
        f"{interval(bounds, percent)} of its {count(number)} {kind} images"
        for kind, number, bounds in (
            ("defective", test.defective, test.recall),
            ("good", test.good, test.false_alarms),
        )
        if number
    ]
    if not expected:
        return ""
    return f"On the test split expect that {' and '.join(expected)} are stopped."


def _thresholds(calibration: FittedCalibration) -> Table:
    rows = tuple(
        (
            name,
            f"{threshold.threshold:.4g}",
            count(threshold.stopped),
            count(threshold.images),
            "shared: too few images for its own" if threshold.shared else "",
        )
        for name, threshold in calibration.per_class.items()
    )
    header = ("Class", "Threshold", "Stopped", "Images", "")
    return Table("Thresholds of the fused score", header, rows)
