"""Each drawing: what it shows of its figures, as text of the SVG."""

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from auxnet_cli.reports.charts.confusion import confusion_plot, outcomes
from auxnet_cli.reports.charts.detection_probability import detection_probability_plots
from auxnet_cli.reports.charts.dice_parts import dice_parts_plot
from auxnet_cli.reports.charts.differences import Difference, differences_plot
from auxnet_cli.reports.charts.ranking import ranking_plots
from auxnet_cli.reports.charts.reliability import reliability_plot
from auxnet_cli.reports.charts.sizes import size_plot, size_steps
from auxnet_cli.scoring.intervals.rates import clopper_pearson


def words(plot):
    root = ElementTree.fromstring(plot.svg)
    return [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_confusion_shows_the_counts():
    counts = [[140, 3, 0], [1, 25, 2], [4, 0, 9]]
    plot = confusion_plot(
        {"kind": "exclusive", "labels": ["good", "pit", "crack"], "counts": counts}
    )
    shown = words(plot)
    assert {"140", "3", "1", "25", "2", "4", "9"} < set(shown)
    assert "0" not in shown
    assert "174 of 184 images on the diagonal" in plot.spoken
    assert "<image" not in plot.svg


def test_confusion_of_classes_that_may_stand_together():
    table = {"pit": [[23, 1], [2, 14]], "crack": [[40, 0], [0, 0]]}
    assert outcomes(table["pit"]) == (14, 2, 1, 23)
    plot = confusion_plot({"kind": "multi-label", "per_class": table})
    assert {"14", "2", "1", "23", "40", "rightly quiet"} < set(words(plot))


def test_curves_of_the_classes_that_can_be_drawn(judged):
    _, evidence, _, classes, _ = judged()
    plots = ranking_plots(evidence, classes, 0.5)
    assert [plot.name for plot in plots] == ["precision-recall", "roc"]
    assert {"pit", "crack", "recall"} < set(words(plots[0]))
    good = [image for image in evidence if not image.defective]
    assert ranking_plots(good, classes, 0.5) == []
    assert ranking_plots(judged(tasks=("seg",))[1], classes, 0.5) == []


def test_the_three_parts_of_dice():
    plot = dice_parts_plot(
        {
            "pit": {"detected_rate": 0.5, "dice_when_detected": 0.75, "quiet_rate": 0.96},
            "crack": {"detected_rate": 0.0, "dice_when_detected": None, "quiet_rate": 1.0},
        }
    )
    assert {"0.50", "0.75", "0.96", "0.00", "none", "1.00"} < set(words(plot))


def test_steps_of_size(judged):
    _, evidence, *_ = judged()
    steps = size_steps(evidence)
    flaws = [flaw for image in evidence for flaw in image.flaws]
    assert sum(step.defects for step in steps) == len(flaws)
    assert sum(step.found["masked"] for step in steps) == sum(bool(flaw.masked) for flaw in flaws)
    assert all(one.high < other.low for one, other in pairwise(steps))
    rate, interval = steps[-1].rate("boxed")
    assert rate == steps[-1].found["boxed"] / steps[-1].defects
    assert interval == clopper_pearson(steps[-1].found["boxed"], steps[-1].defects)
    assert {"by a mask", "by a box"} < set(words(size_plot(steps)))
    assert size_plot(size_steps([])) is None
    scaled = size_steps(evidence, 0.25)
    assert [step.low for step in scaled] == [step.low / 4 for step in steps]
    assert "length in mm, and defects" in words(size_plot(scaled, "mm"))
    assert f"{scaled[0].low:.3g}-{scaled[0].high:.3g} mm: " in size_plot(scaled, "mm").spoken
    assert size_plot(size_steps(judged(tasks=("cls",))[1])) is None


def test_reliability_leaves_out_empty_steps():
    full = {"low": 0.4, "high": 0.5, "images": 8, "score": 0.45, "rate": 0.25}
    empty = {"low": 0.5, "high": 0.6, "images": 0, "score": None, "rate": None}
    plot = reliability_plot({"bins": [full, empty]})
    assert plot.spoken == "score 0.45: 0.25"
    assert reliability_plot({"bins": [empty]}) is None


@pytest.fixture
def fit():
    size = np.geomspace(2, 50, 20)
    pod = 1 / (1 + (10 / size) ** 3)
    return {
        "unit": "mm", "flaws": 4, "found": 2, "a50": 10.0, "a90": 20.8, "a90_95": 31.4,
        "curve": {"size": size.tolist(), "pod": pod.tolist(), "low": (pod * 0.9).tolist()},
        "points": {"size": [3, 9, 12, 40], "found": [False, False, True, True]},
    }  # fmt: skip


def test_the_plot_that_inspectors_know(fit):
    (plot,) = detection_probability_plots({"seg": {"length": fit}})
    assert plot.name == "pod-seg-length"
    shown = words(plot)
    assert {"a50 10 mm", "a90 20.8 mm", "a90/95 31.4 mm", "length of the defect, mm"} < set(shown)
    assert "a50 10 mm, a90 20.8 mm, a90/95 31.4 mm" in plot.words


def test_sizes_that_are_not_reached_are_not_marked(fit):
    fit |= {"a90": None, "a90_95": None}
    (plot,) = detection_probability_plots({"seg": {"length": fit}})
    assert not any("a90" in text for text in words(plot))
    fit["a50"] = None
    (plot,) = detection_probability_plots({"seg": {"length": fit}})
    assert "reaches none" in plot.spoken


def test_no_curve_no_plot_and_all_heads_first(fit):
    assert detection_probability_plots({"seg": {"length": {"curve": None}}}) == []
    plots = detection_probability_plots({"seg": {"area": fit}, "any": {"area": fit}})
    assert [plot.name for plot in plots] == ["pod-any-area", "pod-seg-area"]


def test_differences():
    lines = [
        Difference("b", "Escape rate", -0.2, (-0.3, -0.1), falling=True, better=True),
        Difference("b", "Dice", 0.01, None, falling=False, better=None),
    ]
    plot = differences_plot(lines, "a")
    assert {"Escape rate ↓", "Dice"} < set(words(plot))
    assert plot.spoken == ("b, Escape rate: -20.0 points, better; b, Dice: +1.0 points, open")
    assert differences_plot([], "a") is None
