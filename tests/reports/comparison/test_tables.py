import io

import pytest

from auxnet_cli.reports.comparison.tables import (
    comparison_markdown,
    comparison_tables,
    sheets,
    verdicts,
)

ESCAPE, DICE, MAP = "screening.escape_rate", "segmentation.dice", "detection.map"


@pytest.fixture
def document():
    runs = [
        {
            "name": name,
            "sha256": letter * 64,
            "tasks": ["cls", "seg"],
            "parameters": 1234567,
            "dataset": {"name": "strips", "fingerprint": "cd" * 32},
            "threshold_rule": f"defective as {name} says",
            "figures": {ESCAPE: escape, DICE: dice, MAP: None},
            "ci95": {ESCAPE: [0.0, 0.3], DICE: [0.4, 0.9], MAP: None, "reasons": {MAP: "no"}},
        }
        for name, letter, escape, dice in (("plain|one", "a", 0.25, 0.5), ("swift", "b", 0.1, 0.55))
    ]
    figures = {
        ESCAPE: {
            "difference": -0.15,
            "ci95": [-0.25, -0.05],
            "told_apart": True,
            "better": True,
            "mcnemar": {"only_first": 18, "only_other": 2, "p_value": 0.0004},
        },
        DICE: {"difference": 0.05, "ci95": [-0.02, 0.12], "told_apart": False, "better": None},
        MAP: {
            "difference": None,
            "ci95": None,
            "told_apart": False,
            "better": None,
            "reasons": {
                "difference": "one of the runs lacks it",
                "ci95": "one of the runs lacks it",
            },
        },
    }
    return {
        "schema": "auxnet/comparison/1",
        "tool_version": "0.1.0",
        "dataset": {"name": "strips", "fingerprint": "cd" * 32},
        "split": "test",
        "images": 1200,
        "groups": 300,
        "replicates": 1000,
        "seed": 0,
        "runs": runs,
        "differences": [{"run": "swift", "against": "plain|one", "figures": figures}],
        "unreadable": ["torn.png"],
    }


def test_rows_have_both_values_the_difference_and_what_to_make_of_it(document):
    (sheet,) = sheets(document)
    assert sheet.title == "swift against plain|one"
    assert sheet.rows == (
        ("Escape rate", "0.250", "0.100", "-0.150", "-0.250 to -0.050", "better"),
        ("Dice", "0.500", "0.550", "+0.050", "-0.020 to +0.120", "open"),
    )


def test_a_worse_run_and_an_interval_that_is_none(document):
    figures = document["differences"][0]["figures"]
    figures[DICE] |= {"better": False, "ci95": None}
    assert sheets(document)[0].rows[1][-2:] == ("none", "worse")


def test_mcnemar_in_words(document):
    assert verdicts(document) == [
        "Escape rate, swift: 18 images only plain|one judged wrongly, 2 only swift (McNemar's "
        "exact test, p < 0.001)."
    ]
    document["differences"][0]["figures"][ESCAPE]["mcnemar"]["p_value"] = 0.0567
    assert verdicts(document)[0].endswith("p = 0.057).")


def test_the_terminal_shows_it_in_80_columns(document):
    from rich.console import Console

    console = Console(file=io.StringIO(), width=80)
    console.print(comparison_tables(document))
    text = console.file.getvalue()
    assert "strips, split test: 1,200 images in 300 groups" in text
    assert "-0.250 to -0.050   better" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_the_page_names_all_that_a_reader_needs(document):
    page = comparison_markdown(document)
    assert page.startswith(
        "# Comparison of runs\n\nstrips, split test: 1,200 images in 300 groups."
    )
    assert "## swift against plain\\|one" in page
    assert "| Escape rate | 0.250 | 0.100 | -0.150 | -0.250 to -0.050 | better |" in page
    assert "b" * 64 in page
    assert "| defective as swift says |" in page
    assert "- swift against plain\\|one, mAP: one of the runs lacks it" in page
    assert page.count("one of the runs lacks it") == 1
    assert "- torn.png" in page
    assert "1,000 replicates, seed 0" in page


def test_what_must_be_known_first(document):
    from rich.console import Console

    document["split"] = "val"
    document["runs"][1]["dataset"] = {"name": "strips", "fingerprint": "ef" * 32}
    page = comparison_markdown(document)
    assert "> **swift: trained on another preparation of the data.** That was strips" in page
    assert "> **Not the test split but val.**" in page
    console = Console(file=io.StringIO(), width=80)
    console.print(comparison_tables(document))
    assert "Not the test split but val. Models of" in console.file.getvalue()


def test_a_precision_that_leaves_classes_out_is_told(document):
    document["runs"][0] |= {"classes": 3, "precision_classes": 2}
    note = "mean over 2 of 3 classes; 1 was never predicted."
    assert f"- Precision of plain\\|one: {note}" in comparison_markdown(document)


def test_one_image_is_no_images(document):
    document["differences"][0]["figures"][ESCAPE]["mcnemar"]["only_first"] = 1
    assert "1 image only plain|one judged wrongly" in verdicts(document)[0]


def test_a_page_without_gaps_has_no_lists_of_them(document):
    document["unreadable"] = []
    del document["differences"][0]["figures"][MAP]
    page = comparison_markdown(document)
    assert "do not exist" not in page
    assert "unreadable" not in page
