from auxnet_cli.reports.evaluation.class_tables import confusion, per_class_intervals
from auxnet_cli.reports.evaluation.tables import HEADLINES, cost_sentence, detectability, tables


def test_the_verdict_comes_first(report):
    first = tables(report)[0]
    assert first.title == "Verdict"
    assert [row[1:] for row in first.rows] == [
        ("16", "2", "12.5 %", "1.6-38.3 %"),
        ("24", "1", "4.2 %", "0.1-21.1 %"),
        ("40", "3", "0.075", "none"),
    ]
    report["screening"]["ci95"]["cost"] = [0.0249, 0.1751]
    assert tables(report)[0].rows[2][-1] == "0.0249-0.175"
    assert cost_sentence(report["screening"]) == "An escape costs 1, a false alarm 1."


def test_absent_sections_have_no_table_and_absent_figures_read_none(report):
    titles = [table.title for table in tables(report)]
    assert titles == [
        "Verdict", "Headline figures", "Classification per class", "Segmentation per class",
    ]  # fmt: skip
    assert tables(report)[3].rows == (
        ("pit", "16", "0.600", "0.750", "87.5 %", "0.800", "95.8 %"),
        ("crack", "0", "none", "none", "none", "none", "100.0 %"),
    )
    assert detectability(report, "heads") == detectability(report, "per_class") == []


def test_intervals(report):
    rows = {row[0]: row[1:] for row in tables(report)[1].rows}
    assert rows["Accuracy"] == ("0.975", "0.930-0.990")
    assert rows["Recall"] == ("0.875", "none")
    titles = [HEADLINES[section].values() for section in ("classification", "segmentation")]
    assert list(rows) == [title for section in titles for title in section]
    of_classes = per_class_intervals(report)
    assert of_classes["classification"].rows == (("pit", "0.617-0.984"), ("crack", "none"))
    assert of_classes["segmentation"].header == ("Class", "Dice", "Detected")
    assert of_classes["segmentation"].rows[0] == ("pit", "0.700-0.800", "61.7-98.4 %")


def test_a_whole_report_has_all_tables(judged):
    report, *_ = judged()
    by_title = {table.title: table for table in tables(report)}
    assert list(by_title)[-4:] == [
        "Detection per class",
        "mAP by size of the defect",
        "Probability of detection",
        "Agreement of the heads",
    ]
    for table in by_title.values():
        assert all(len(row) == len(table.header) for row in table.rows)
    fits = {row[0]: row[1:] for row in by_title["Probability of detection"].rows}
    assert fits["masks or boxes, length in px"][:2] == ("32", "13")
    assert len(fits) == 6
    (classes,) = detectability(report, "per_class")
    assert [row[0] for row in classes.rows] == [
        f"{name}, {kind}" for name in ("pit", "crack") for kind in ("length in px", "area in px²")
    ]
    assert by_title["Agreement of the heads"].rows[-1][0].startswith("Expected")


def test_confusion(report, judged):
    table = confusion(report)
    assert table.header == ("Class", "Found", "Missed", "False alarm", "Rightly quiet")
    assert table.rows[0] == ("pit", "14", "2", "1", "23")
    assert confusion(judged()[0]).rows[0] == ("good", "14", "2", "0")
