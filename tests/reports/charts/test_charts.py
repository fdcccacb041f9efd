"""What each chart shows of its figures, as text of the SVG."""

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from auxnet_cli.reports.charts import ranking
from auxnet_cli.reports.charts.bars import dice_parts_chart, length_bins, length_chart
from auxnet_cli.reports.charts.confusion import confusion_chart
from auxnet_cli.reports.charts.detection_probability import detection_probability_charts
from auxnet_cli.reports.charts.differences import Difference, differences_chart
from auxnet_cli.reports.charts.ranking import ranking_charts
from auxnet_cli.reports.charts.reliability import reliability_chart


def texts(chart):
    root = ElementTree.fromstring(chart.svg)
    return {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}


def test_confusion_of_exclusive_classes():
    counts = [[140, 3, 0], [1, 25, 2], [4, 0, 9]]
    confusion = {"kind": "exclusive", "labels": ["good", "pit", "crack"], "counts": counts}
    chart = confusion_chart(confusion)
    assert {"140", "3", "1", "25", "2", "4", "9"} < texts(chart)
    assert "0" not in texts(chart)
    assert "174 of 184 images on the diagonal" in chart.description
    assert "<image" not in chart.svg


def test_confusion_of_classes_that_may_stand_together():
    table = {"pit": [[23, 1], [2, 14]], "crack": [[40, 0], [0, 0]]}
    shown = texts(confusion_chart({"kind": "multi-label", "per_class": table}))
    assert {"14", "2", "1", "23", "40", "rightly quiet"} < shown


def test_curves_of_the_classes_that_can_be_drawn(judged):
    _, evidence, _, classes, _ = judged()
    charts = ranking_charts(evidence, classes, 0.5)
    assert [chart.name for chart in charts] == ["precision-recall", "roc"]
    assert {"pit", "crack", "recall"} < texts(charts[0])
    good = [image for image in evidence if not image.defective]
    assert ranking_charts(good, classes, 0.5) == []


def test_rarer_classes_are_not_drawn(judged, monkeypatch):
    monkeypatch.setattr(ranking, "_MOST_LINES", 1)
    _, evidence, _, classes, _ = judged()
    chart, _ = ranking_charts(evidence[:33], classes, 0.5)
    assert "crack" not in texts(chart)
    assert "1 rarer or absent classes are not drawn." in chart.caption


def test_the_parts_of_dice():
    chart = dice_parts_chart(
        {
            "pit": {"detected_rate": 0.5, "dice_when_detected": 0.75, "quiet_rate": 0.96},
            "crack": {"detected_rate": 0.0, "dice_when_detected": None, "quiet_rate": 1.0},
        }
    )
    assert {"0.50", "0.75", "0.96", "0.00", "none", "1.00"} < texts(chart)


def test_defects_by_length(judged):
    _, evidence, *_ = judged()
    bins = length_bins(evidence)
    flaws = [flaw for image in evidence for flaw in image.flaws]
    assert sum(step.defects for step in bins) == len(flaws)
    assert sum(step.detected["masked"] for step in bins) == sum(flaw.masked for flaw in flaws)
    assert all(shorter.high < longer.low for shorter, longer in pairwise(bins))
    assert {"by a mask", "by a box"} < texts(length_chart(bins))
    scaled = length_bins(evidence, 0.25)
    assert [step.low for step in scaled] == [step.low / 4 for step in bins]
    chart = length_chart(scaled, "mm")
    assert "length in mm, and defects" in texts(chart)
    assert f"{scaled[0].low:.3g}-{scaled[0].high:.3g} mm: " in chart.description
    assert length_chart(length_bins([])) is None


def test_reliability_leaves_out_empty_bins():
    full = {"low": 0.4, "high": 0.5, "images": 8, "score": 0.45, "rate": 0.25}
    empty = {"low": 0.5, "high": 0.6, "images": 0, "score": None, "rate": None}
    assert reliability_chart({"bins": [full, empty]}).description == "score 0.45: 0.25"
    assert reliability_chart({"bins": [empty]}) is None


@pytest.fixture
def fit():
    size = np.geomspace(2, 50, 20)
    pod = 1 / (1 + (10 / size) ** 3)
    return {
        "unit": "mm", "flaws": 4, "found": 2, "a50": 10.0, "a90": 20.8, "a90_95": 31.4,
        "curve": {"size": size.tolist(), "pod": pod.tolist(), "low": (pod * 0.9).tolist()},
        "points": {"size": [3, 9, 12, 40], "found": [False, False, True, True]},
    }  # fmt: skip


def test_the_probability_of_detection(fit):
    (chart,) = detection_probability_charts({"seg": {"length": fit}})
    assert chart.name == "pod-seg-length"
    marks = ("a50 10 mm", "a90 20.8 mm", "a90/95 31.4 mm")
    assert {*marks, "length of the defect, mm"} < texts(chart)
    assert ", ".join(marks) in chart.caption


def test_sizes_that_are_not_reached_are_not_marked(fit):
    fit |= {"a50": None, "a90": None, "a90_95": None}
    (chart,) = detection_probability_charts({"seg": {"length": fit}})
    assert not any(text.startswith("a") for text in texts(chart))
    assert "reaches none" in chart.description


def test_all_heads_together_come_first_and_no_curve_is_no_chart(fit):
    fits = {"seg": {"area": fit, "length": {"curve": None}}, "any": {"area": fit}}
    charts = detection_probability_charts(fits)
    assert [chart.name for chart in charts] == ["pod-any-area", "pod-seg-area"]


def test_differences():
    lines = [
        Difference("b", "Escape rate", -0.2, (-0.3, -0.1), falling=True, better=True),
        Difference("b", "Dice", 0.01, None, falling=False, better=None),
    ]
    chart = differences_chart(lines, "a")
    assert {"Escape rate ↓", "Dice"} < texts(chart)
    assert chart.description == "b, Escape rate: -20.0 points, better; b, Dice: +1.0 points, open"
    assert differences_chart([], "a") is None
