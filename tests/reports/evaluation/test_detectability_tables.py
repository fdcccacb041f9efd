from auxnet_cli.reports.evaluation.detectability_tables import (
    detectability,
    detectability_per_class,
)


def test_by_head_and_by_class(judged):
    report, *_ = judged()
    (heads,) = detectability(report)
    assert len(heads.rows) == 6
    assert ("masks or boxes, length in px", "32", "13") in [row[:3] for row in heads.rows]
    (classes,) = detectability_per_class(report)
    assert [row[0] for row in classes.rows] == [
        f"{name}, {kind}" for name in ("pit", "crack") for kind in ("length in px", "area in px²")
    ]


def test_without_defects_there_is_no_table(report):
    assert report["detectability"] is None
    assert detectability(report) == detectability_per_class(report) == []
