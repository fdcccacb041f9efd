from auxnet_cli.reports.evaluation.text import report_markdown, report_tables
from tests.reports.reading import printed


def test_the_page_holds_figures_identity_and_definitions(report):
    page = report_markdown(report)
    start = "# Evaluation on strips, split test\n\n> **Only 16 defective images.** Even without"
    assert page.startswith(start)
    for part in (
        "| Defective, passed (escape) | 16 | 2 | 12.5 % | 1.6-38.3 % |",
        "> **No pretrained encoder weights.** ",
        "Rule of the verdict: a class at 0.5 or a box at 0.5.",
        "| crack | 0 | none | none | none | none | 100.0 % |",
        "| Images | 40 (16 defective, 24 good) |",
        "| Parameters | 36,204,567 |",
        "- segmentation, crack, dice: no image shows crack",
        "**Dice, Kaggle**",
    ):
        assert part in page
    assert "COCO's mean average precision" not in page  # the model has no boxes
    assert "unreadable" not in page
    report["unreadable"] = ["x_1.png"]
    assert "## Images passed over as unreadable\n\n- x\\_1.png\n" in report_markdown(report)


def test_the_report_fits_80_columns_and_the_gravest_comes_first(judged):
    lines = printed(report_tables(judged()[0])).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("strips, split test: 48 images, 32 defective, 16 good")
    assert lines[1].startswith("crack is never found. 0 found of 16 images (class scores), ")
    assert any(line.startswith("No pretrained encoder weights. ") for line in lines)
    assert lines.index(next(line for line in lines if "Verdict" in line)) < 12
