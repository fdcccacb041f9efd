import pytest

from auxnet_cli.documents.comparison import Comparison
from auxnet_cli.reports.comparison.tables import (
    comparison_cautions,
    comparison_markdown,
    comparison_tables,
    figure_title,
    precision_notes,
    run_tables,
    verdict_tests,
)
from tests.reports.reading import printed


def typed(comparison):
    return Comparison.model_validate(comparison)


def test_a_run_beside_the_first(comparison):
    first, second = run_tables(typed(comparison))
    assert first.title == "b against a|1"
    row = ("Escape rate", "0.300", "0.100", "-0.200", "-0.250 to -0.150", "better")
    assert first.rows == (row,)
    assert second.rows[0][-1] == "open"
    figure = comparison["differences"][0]["figures"]["screening.escape_rate"]
    figure |= {"better": False, "ci95": None}
    assert run_tables(typed(comparison))[0].rows[0][-2:] == ("none", "worse")


@pytest.mark.parametrize(
    ("changed", "start", "end"),
    [
        ({}, "Escape rate, b: 18 images only a|1 judged wrongly, 2 only b (McN", "p < 0.001)."),
        ({"p_value": 0.0567, "only_first": 1}, "Escape rate, b: 1 image only", "p = 0.057)."),
    ],
)
def test_mcnemar_in_words(comparison, changed, start, end):
    comparison["differences"][0]["figures"]["screening.escape_rate"]["mcnemar"] |= changed
    (sentence,) = verdict_tests(typed(comparison))
    assert sentence.startswith(start)
    assert sentence.endswith(end)


def test_the_terminal_shows_it_in_80_columns(comparison):
    comparison["split"] = "val"
    text = printed(comparison_tables(typed(comparison)))
    assert "strips, split val: 1,200 images in 300 groups" in text
    assert "-0.250 to -0.150   better" in text
    assert "Not the test split but val. Models of" in text
    assert max(map(len, text.splitlines())) <= 80


def test_markdown_names_all_that_a_reader_needs(comparison):
    comparison["unreadable"] = ["torn.png"]
    page = comparison_markdown(typed(comparison))
    start = "# Comparison of runs\n\nstrips, split test: 1,200 images in 300 groups.\n"
    assert page.startswith(start)
    for part in (
        "## b against a\\|1",
        "| Escape rate | 0.300 | 0.100 | -0.200 | -0.250 to -0.150 | better |",
        "b" * 64,
        "| defective as b says |",
        "- b against a\\|1, Dice: no class has truth",
        "- torn.png",
        "1,000 replicates, seed 0",
    ):
        assert page.count(part) == 1, part


def test_markdown_without_gaps_has_no_lists_of_them(comparison):
    for change in comparison["differences"]:
        del change["figures"]["segmentation.dice"]
    page = comparison_markdown(typed(comparison))
    assert "do not exist" not in page
    assert "unreadable" not in page


def test_the_gravest_caution_comes_first(comparison):
    dataset = comparison["dataset"] | {"groups_lost": True}
    comparison |= {"split": "val", "dataset": dataset}
    comparison["runs"][0]["dataset"] = {"name": "coils", "fingerprint": "cd" * 32}
    comparison["runs"][1]["dataset"] = {"name": dataset["name"], "fingerprint": "cd" * 32}
    assert [caution.lead.split(":")[0] for caution in comparison_cautions(typed(comparison))] == [
        "b", "a|1", "Not the test split but val", "The data set has no groups",
    ]  # fmt: skip
    page = comparison_markdown(typed(comparison))
    assert "> **b: trained on another preparation of the data.** That was strips" in page


def test_a_precision_that_leaves_classes_out(comparison):
    assert precision_notes(typed(comparison)) == []
    comparison["runs"][0] |= {"classes": 5, "precision_classes": 2}
    comparison["runs"][1] |= {"classes": 5, "precision_classes": 5}
    note = "mean over 2 of 5 classes; 3 were never predicted."
    assert precision_notes(typed(comparison)) == [f"Precision of a|1: {note}"]
    assert f"- Precision of a\\|1: {note}" in comparison_markdown(typed(comparison))


def test_a_figure_without_a_title_keeps_its_key():
    assert figure_title("segmentation.iou") == "IoU"
    assert figure_title("detection.map_small") == "mAP, small defects"
    assert figure_title("other.new_figure") == "other, new figure"
