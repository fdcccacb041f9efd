from auxnet_cli.reports.evaluation.tables import (
    HEADLINES,
    confusion,
    cost_words,
    per_class_intervals,
    sheets,
)


def test_the_verdict_comes_first(report):
    first = sheets(report)[0]
    assert first.title == "Verdict"
    assert [row[1:] for row in first.rows] == [
        ("16", "2", "12.5 %", "1.6-38.3 %"),
        ("24", "1", "4.2 %", "0.1-21.1 %"),
        ("40", "3", "0.075", "none"),
    ]
    assert first.rows[2][0] == "Cost of an image"
    report["screening"]["ci95"]["cost"] = [0.0249, 0.1751]
    assert sheets(report)[0].rows[2][-1] == "0.0249-0.175"
    assert cost_words(report["screening"]) == "An escape costs 1, a false alarm 1."


def test_a_task_that_the_model_lacks_has_no_table(report):
    assert [sheet.title for sheet in sheets(report)] == [
        "Verdict",
        "Headline figures",
        "Classification per class",
        "Segmentation per class",
    ]


def test_a_figure_that_does_not_exist_reads_none(report):
    table = sheets(report)[3]
    assert table.rows == (
        ("pit", "16", "0.600", "0.750", "87.5 %", "0.800", "95.8 %"),
        ("crack", "0", "none", "none", "none", "none", "100.0 %"),
    )


def test_every_table_is_as_wide_as_its_header(report):
    assert all(len(row) == len(sheet.header) for sheet in sheets(report) for row in sheet.rows)


def test_intervals_stand_beside_headline_figures(report):
    rows = {row[0]: row[1:] for row in sheets(report)[1].rows}
    assert rows["Accuracy"] == ("0.975", "0.930-0.990")
    assert rows["Recall"] == ("0.875", "none")
    assert rows["Dice"] == ("0.750", "0.700-0.800")
    assert list(rows) == [
        title for name in ("classification", "segmentation") for title in HEADLINES[name].values()
    ]


def test_intervals_of_classes(report):
    found = per_class_intervals(report)
    assert found["classification"].rows == (("pit", "0.617-0.984"), ("crack", "none"))
    assert found["segmentation"].header == ("Class", "Dice", "Detected")
    assert found["segmentation"].rows[0] == ("pit", "0.700-0.800", "61.7-98.4 %")


def test_a_whole_report_has_all_tables(judged):
    report, *_ = judged()
    found = {sheet.title: sheet for sheet in sheets(report)}
    assert list(found)[-4:] == [
        "Detection per class",
        "mAP by size of the defect",
        "Probability of detection",
        "Agreement of the heads",
    ]
    assert [row[0] for row in found["mAP by size of the defect"].rows] == [
        "small", "medium", "large",
    ]  # fmt: skip
    fits = {row[0]: row[1:] for row in found["Probability of detection"].rows}
    assert fits["masks or boxes, length in px"][:2] == ("32", "13")
    assert len(fits) == 6
    assert [row[0] for row in found["Agreement of the heads"].rows][-1].startswith("Expected")
    assert confusion(report).rows[0] == ("good", "14", "2", "0")


def test_confusion_of_classes_that_may_stand_together(report):
    table = confusion(report)
    assert table.header == ("Class", "Found", "Missed", "False alarm", "Rightly quiet")
    assert table.rows[0] == ("pit", "14", "2", "1", "23")
