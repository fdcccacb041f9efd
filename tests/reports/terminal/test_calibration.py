from auxnet_cli.documents.calibration import CalibrationResult
from auxnet_cli.reports.terminal.calibration import calibration_table
from tests.reports.reading import printed


def _rate(hits, trials):
    return {"value": hits / trials, "hits": hits, "trials": trials, "ci95": [0.1, 0.987]}


SUMMARY = {
    "model": "runs/first",
    "rule": "defective when the fused score reaches [its] threshold",
    "temperature": {
        "value": 1.5,
        "before": {"expected_calibration_error": 0.08, "brier": 0.1},
        "after": {"expected_calibration_error": 0.02, "brier": 0.09},
    },
    "calibration": {
        **{"weights": {"cls": 1.0}, "bias": 0.0, "thresholds": {}, "shared": [], "dataset": "f"},
        **{"target": "catch", "level": 0.99},
        "images": 1100,
        "groups": 1100,
        "recall": _rate(99, 100),
        "false_alarms": _rate(125, 1000),
        "before": {"recall": _rate(80, 100), "false_alarms": _rate(20, 1000)},
        "test": {"defective": 50, "good": 0, "recall": [0.9, 1.0], "false_alarms": None},
        "per_class": {
            "pit [red]": {"images": 95, "stopped": 94, "threshold": 0.12345, "shared": False},
            "crack": {"images": 5, "stopped": 5, "threshold": 0.5, "shared": True},
        },
    },
}


def _shown(summary):
    return " ".join(printed(calibration_table(CalibrationResult.model_validate(summary))).split())


def test_gain_cost_and_thresholds_are_shown():
    text = _shown(SUMMARY)
    assert "Temperature of the class scores: 1.5 (expected calibration error 0.080 → 0.020)" in text
    assert "Defective, stopped 80.0 % 99.0 % 99 of 100 10.0-98.7 %" in text
    assert "Good, stopped 2.0 % 12.5 % 125 of 1,000 10.0-98.7 %" in text
    assert "expect that 90.0-100.0 % of its 50 defective images are stopped." in text
    assert "pit [red] 0.1235 94 95" in text
    assert "crack 0.5 5 5 shared: too few images for its own" in text
    assert "reaches [its] threshold." in text
    assert "independent parts" not in text


def test_images_that_share_parts_are_told():
    grouped = {**SUMMARY, "calibration": {**SUMMARY["calibration"], "groups": 400}}
    assert "The 1,100 images show 400 independent parts" in _shown(grouped)


def test_without_a_calibration_the_rule_is_what_is_left():
    bare = {**SUMMARY, "temperature": None, "calibration": None}
    assert _shown(bare) == f"The verdict from now on: {SUMMARY['rule']}."
