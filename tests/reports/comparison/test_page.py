from dataclasses import replace

from auxnet_cli.reports.comparison.page import (
    comparison_files,
    differences,
    gain,
    precision_notes,
    title,
)


def test_the_page(compared):
    compared["runs"][1]["name"] = compared["differences"][0]["run"] = "<script>b"
    files = comparison_files(compared)
    text = files["comparison.html"]
    assert "<strong>&lt;script&gt;b is better than a</strong> in escape rate: -20.0 " in text
    assert "<script" not in text
    assert "c is" not in text
    assert "c, Dice: no class has truth" in text
    assert "0.300 (0.250-0.350)" in text
    svg = files["figures/differences.svg"]
    assert "Escape rate ↓" in svg
    assert "Dice" not in svg  # it has no difference


def test_what_is_found(compared):
    assert [(key, one.run, one.finding) for key, one in differences(compared)] == [
        ("screening.escape_rate", "b", "better"),
        ("screening.escape_rate", "c", "open"),
    ]


def test_cautions_and_rules(compared):
    assert "Read first" not in comparison_files(compared)["comparison.html"]
    compared["split"] = "train"
    text = comparison_files(compared)["comparison.html"]
    assert "<strong>Not the test split but train.</strong> Models of this data set were" in text
    assert "defective as c says" in text


def test_nothing_that_can_be_told(compared):
    del compared["differences"][0]
    files = comparison_files(compared)
    text = files["comparison.html"]
    assert "cannot tell the runs from a: each difference may be chance. That does not" in text


def test_a_gain_in_words(compared):
    (key, one), *_ = differences(compared)
    end = " percentage points, 95 % interval -25.0 to -15.0"
    assert gain(key, one) == "escape rate: -20.0" + end
    assert gain(key, replace(one, figure="IoU")) == "IoU: -20.0" + end
    assert gain(key, replace(one, figure="Dice per image")) == "Dice per image: -20.0" + end
    assert gain(key, replace(one, interval=None)).endswith("-20.0 percentage points, no interval")
    cost = replace(one, figure="Cost of an image")
    assert gain("screening.cost", cost) == "cost of an image: -0.2, 95 % interval -0.25 to -0.15"


def test_a_gain_without_an_interval_is_told(compared):
    compared["differences"][0]["figures"]["screening.escape_rate"]["ci95"] = None
    page = comparison_files(compared)["comparison.html"]
    assert "in escape rate: -20.0 percentage points, no interval." in page


def test_a_precision_that_leaves_classes_out(compared):
    assert precision_notes(compared) == []
    compared["runs"][0] |= {"classes": 5, "precision_classes": 2}
    compared["runs"][1] |= {"classes": 5, "precision_classes": 5}
    note = "Precision of a: mean over 2 of 5 classes; 3 were never predicted."
    assert precision_notes(compared) == [note]
    assert note in comparison_files(compared)["comparison.html"]


def test_a_figure_without_a_title_keeps_its_key():
    assert title("segmentation.iou") == "IoU"
    assert title("detection.map_small") == "mAP, small defects"
    assert title("other.new_figure") == "other, new figure"
