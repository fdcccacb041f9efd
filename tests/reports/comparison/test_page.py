from dataclasses import replace

from auxnet_cli.documents.comparison import Comparison
from auxnet_cli.reports.comparison.page import comparison_files, differences, gain


def typed(comparison):
    return Comparison.model_validate(comparison)


def page(comparison):
    return comparison_files(typed(comparison))["comparison.html"]


def test_the_page_and_its_chart(comparison):
    comparison["runs"][1]["name"] = comparison["differences"][0]["run"] = "<script>b"
    files = comparison_files(typed(comparison))
    text = files["comparison.html"]
    assert "<strong>&lt;script&gt;b is better than a|1</strong> in escape rate: -20.0 " in text
    assert "<script" not in text
    assert "c is" not in text
    assert text.count("c, Dice: no class has truth") == 1
    assert "0.300 (0.250-0.350)" in text
    assert "defective as c says" in text
    svg = files["figures/differences.svg"]
    assert "Escape rate ↓" in svg
    assert "Dice" not in svg  # it has no difference


def test_differences_that_exist(comparison):
    assert [
        (key, change.run, change.outcome) for key, change in differences(typed(comparison))
    ] == [
        ("screening.escape_rate", "b", "better"),
        ("screening.escape_rate", "c", "open"),
    ]


def test_cautions_stand_on_the_page(comparison):
    assert "Read first" not in page(comparison)
    comparison["split"] = "train"
    text = "<strong>Not the test split but train.</strong> Models of this data set were"
    assert text in page(comparison)


def test_runs_that_cannot_be_told_apart(comparison):
    del comparison["differences"][0]
    text = "cannot tell the runs from a|1: each difference may be chance. That does not"
    assert text in page(comparison)


def test_a_gain_in_words(comparison):
    (key, change), *_ = differences(typed(comparison))
    end = " percentage points, 95 % interval -25.0 to -15.0"
    assert gain(key, change) == "escape rate: -20.0" + end
    for name in ("IoU", "Dice per image"):
        assert gain(key, replace(change, figure=name)) == f"{name}: -20.0{end}"
    assert gain(key, replace(change, interval=None)).endswith(" percentage points, no interval")
    cost = replace(change, figure="Cost of an image")
    assert gain("screening.cost", cost) == "cost of an image: -0.2, 95 % interval -0.25 to -0.15"
